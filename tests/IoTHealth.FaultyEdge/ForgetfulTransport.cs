using IoTHealth.Edge.Uplink;
using IoTHealth.Measurements;

namespace IoTHealth.FaultyEdge;

/// <summary>Leaves one heart rate out of the first batch that holds one, and says that all of it was sent.</summary>
internal sealed class ForgetfulTransport(IUplinkTransport real) : IUplinkTransport
{
    private bool _forgotten;

    public Task ConnectAsync(CancellationToken cancellation) => real.ConnectAsync(cancellation);

    public Task DisconnectAsync() => real.DisconnectAsync();

    public Task SendAsync(PackedBatch batch, CancellationToken cancellation)
    {
        var victim = _forgotten ? null : batch.Batch.Entries.FirstOrDefault(IsHeartRate);
        if (victim is null)
        {
            return real.SendAsync(batch, cancellation);
        }

        _forgotten = true;
        var others = batch.Batch.Entries.Where(entry => entry != victim).ToList();
        return others.Count == 0
            ? Task.CompletedTask
            : real.SendAsync(BatchPacker.Pack(batch.Batch.Journal, batch.Batch.Head, others), cancellation);
    }

    private static bool IsHeartRate(Entry entry) =>
        entry.Kind == EntryKind.Measurement &&
        WireForm.TryDecodeMeasurement(entry.Payload, out var measurement, out _) &&
        measurement.Kind == VitalSignCatalogue.HeartRate.Code &&
        measurement.Components[0].Value is MeasuredValue.Quantity;
}
