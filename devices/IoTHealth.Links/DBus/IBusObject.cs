namespace IoTHealth.Links.DBus;

/// <summary>An object that others on the bus may call.</summary>
public interface IBusObject
{
    /// <summary>
    /// Answers a call. Calls come concurrently, also those of one caller. Cancelled when the bus is gone.
    /// </summary>
    /// <exception cref="BusException">The answer is this error.</exception>
    ValueTask<BusReply> CallAsync(BusMessage call, CancellationToken cancellation);
}
