namespace IoTHealth.Edge.Uplink;

/// <summary>How batches reach the cloud. Another hub client is one class behind this.</summary>
public interface IUplinkTransport
{
    /// <exception cref="HubRefusalException">The hub does not let us in.</exception>
    /// <exception cref="Exception">The hub cannot be reached.</exception>
    Task ConnectAsync(CancellationToken cancellation);

    /// <summary>Sends a packed batch; completes once the cloud holds it durably.</summary>
    /// <exception cref="Exception">It was not acknowledged in time: it may or may not have arrived.</exception>
    Task SendAsync(PackedBatch batch, CancellationToken cancellation);

    /// <summary>Completes when the session is better ended and begun anew, because what let us in expires or was replaced.</summary>
    /// <exception cref="Exception">The session has ended by itself.</exception>
    Task RenewalAsync(CancellationToken cancellation) => Task.Delay(Timeout.Infinite, cancellation);

    Task DisconnectAsync();
}
