using IoTHealth.Measurements;

namespace IoTHealth.Edge.Uplink;

/// <summary>How batches reach the cloud. Another hub client is one class behind this.</summary>
public interface IUplinkTransport
{
    /// <exception cref="Exception">The hub cannot be reached or refuses us.</exception>
    Task ConnectAsync(CancellationToken cancellation);

    /// <summary>Sends a packed batch; completes once the cloud holds it durably.</summary>
    /// <exception cref="Exception">It was not acknowledged in time: it may or may not have arrived.</exception>
    Task SendAsync(PackedBatch batch, CancellationToken cancellation);

    Task DisconnectAsync();
}
