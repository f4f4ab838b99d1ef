using System.Diagnostics.Metrics;

namespace IoTHealth.Edge.Management.Metrics;

/// <summary>
/// What the gateway counts while it works. Labels are device keys, reader names and causes: bounded, and no patient datum. What can be
/// looked up stands in <see cref="GatewayGauges"/>.
/// </summary>
public sealed class GatewayMetrics
{
    public const string MeterName = "IoTHealth.Edge";

    private const string Device = "device";

    private readonly Counter<long> _accepted;
    private readonly Counter<long> _refused;
    private readonly Histogram<double> _commit;

    public GatewayMetrics(IMeterFactory meters)
    {
        Meter = meters.Create(MeterName);
        _accepted = Meter.CreateCounter<long>("iothealth.intake.accepted", null, "Readings made durable, by device; repeats count too.");
        _refused = Meter.CreateCounter<long>("iothealth.intake.refused", null, "Readings and frames put into quarantine, by device.");
        _commit = Meter.CreateHistogram(
            "iothealth.journal.commit.duration", "s", "From the beginning of a commit until it is durable.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });
    }

    internal Meter Meter { get; }

    /// <param name="device">Key of a registered device.</param>
    /// <param name="accepted">Readings that went into the journal.</param>
    /// <param name="refused">What went into quarantine.</param>
    public void Taken(string device, int accepted, int refused)
    {
        if (accepted > 0)
        {
            _accepted.Add(accepted, new KeyValuePair<string, object?>(Device, device));
        }

        if (refused > 0)
        {
            _refused.Add(refused, new KeyValuePair<string, object?>(Device, device));
        }
    }

    public void Committed(TimeSpan duration) => _commit.Record(duration.TotalSeconds);
}
