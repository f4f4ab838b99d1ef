namespace IoTHealth.Edge.Alarming;

/// <summary>One way to call somebody.</summary>
public interface ICallChannel
{
    /// <summary>Stable name; the outbox keeps what the channel owes under it.</summary>
    string Name { get; }

    /// <summary>Calls at once for an alarm that is in no outbox; never throws.</summary>
    /// <returns>Whether it was taken.</returns>
    Task<bool> TellAsync(IoTHealth.Measurements.Alarm alarm, int attempt, CancellationToken cancellation);

    /// <summary>Says that something may be due.</summary>
    void Wake();
}
