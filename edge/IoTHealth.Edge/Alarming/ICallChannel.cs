namespace IoTHealth.Edge.Alarming;

/// <summary>One way to call somebody.</summary>
public interface ICallChannel
{
    /// <summary>Stable name; the outbox keeps what the channel owes under it.</summary>
    string Name { get; }

    /// <summary>Says that something may be due.</summary>
    void Wake();
}
