namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary>The way from a transmitter to the gateway.</summary>
internal interface IReportLink : IAsyncDisposable
{
    /// <summary>Sends one message and waits for the answer.</summary>
    /// <param name="goingOut">Called when the whole message is about to leave.</param>
    /// <returns>Null when nobody answered or the connection broke; the next call begins anew.</returns>
    Task<Answer?> DeliverAsync(Report report, Action goingOut, CancellationToken stop);
}
