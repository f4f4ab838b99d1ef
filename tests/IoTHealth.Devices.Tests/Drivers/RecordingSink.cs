using IoTHealth.Measurements;

namespace IoTHealth.Devices.Tests.Drivers;

/// <summary>A sink that keeps what it was given, folds repeats as the journal does, and can be made to wait or fail.</summary>
internal sealed class RecordingSink : IMeasurementSink
{
    private readonly Lock _lock = new();
    private readonly HashSet<MeasurementId> _seen = [];
    private readonly List<DecodedMeasurement> _measurements = [];
    private readonly List<Refusal> _refusals = [];

    /// <summary>Set: an upload is durable only once this completes.</summary>
    public TaskCompletionSource? Gate { get; set; }

    public bool Fails { get; set; }

    public IReadOnlyList<DecodedMeasurement> Measurements
    {
        get
        {
            lock (_lock)
            {
                return [.. _measurements];
            }
        }
    }

    public IReadOnlyList<Refusal> Refusals
    {
        get
        {
            lock (_lock)
            {
                return [.. _refusals];
            }
        }
    }

    public async ValueTask AcceptAsync(DeviceContext device, DecodedUpload upload, CancellationToken cancellation)
    {
        if (Gate is { } gate)
        {
            await gate.Task.WaitAsync(cancellation);
        }

        if (Fails)
        {
            throw new IOException("the disk is full");
        }

        lock (_lock)
        {
            _measurements.AddRange(upload.Measurements.Where(m => _seen.Add(MeasurementId.Of(device.Id, m.Kind, m.Stable.AsSpan(), m.Occurrence))));
            _refusals.AddRange(upload.Refusals);
        }
    }
}
