using IoTHealth.Measurements;

namespace IoTHealth.Devices.Tests.Drivers;

/// <summary>A sink that keeps what it was given, folds repeats as the journal does, and can be made to wait or fail.</summary>
internal sealed class RecordingSink : IMeasurementSink
{
    private readonly Lock _lock = new();
    private readonly HashSet<MeasurementId> _seen = [];
    private readonly HashSet<(MeasurementId Id, string Content)> _seenVersions = [];
    private readonly List<DecodedMeasurement> _measurements = [];
    private readonly List<DecodedMeasurement> _versions = [];
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

    /// <summary>Every version of every reading that was new, in order: with other values or flags it is a new one.</summary>
    public IReadOnlyList<DecodedMeasurement> Versions
    {
        get
        {
            lock (_lock)
            {
                return [.. _versions];
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
            foreach (var measurement in upload.Measurements)
            {
                // A reading without stable bytes is known by its receipt alone.
                var stable = measurement.Stable.IsEmpty ? Guid.NewGuid().ToByteArray() : measurement.Stable.AsSpan();
                var id = MeasurementId.Of(device.Id, measurement.Kind, stable, measurement.Occurrence);
                if (_seen.Add(id))
                {
                    _measurements.Add(measurement);
                }

                if (_seenVersions.Add((id, string.Join('|', measurement.Components) + string.Join('|', measurement.Flags))))
                {
                    _versions.Add(measurement);
                }
            }

            _refusals.AddRange(upload.Refusals);
        }
    }
}
