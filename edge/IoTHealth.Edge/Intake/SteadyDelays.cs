using IoTHealth.Devices;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Intake;

/// <summary>
/// Infers that a device's clock may be slow from how late its live readings come: steadily, and none quicker. It may be the line as
/// well, so what is inferred casts doubt and corrects nothing; a single quicker reading ends it. A backlog that is being told comes
/// quicker from reading to reading and infers nothing. Other than <see cref="Alarming.DeviceDelays"/>, which must allow for a slow clock
/// from the first reading on and may err, this waits until it is sure. Thread-safe.
/// </summary>
public sealed class SteadyDelays
{
    /// <summary>Jitter of a live line.</summary>
    private static readonly TimeSpan Jitter = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    /// <summary>A device that is heard more rarely sends nothing live.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(15);

    /// <summary>A suspicion that lasts is written anew well within the day that it reaches.</summary>
    private static readonly TimeSpan WrittenEvery = TimeSpan.FromHours(6);

    /// <summary>Hand-set clocks are no better, and readings of devices with an offset are told within it.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromMinutes(2);

    private const int Uploads = 10;

    private readonly Dictionary<DeviceId, Run> _runs = [];
    private readonly Lock _lock = new();

    /// <summary>The entry that an upload leads to; null where it tells nothing new.</summary>
    /// <param name="device">Whose it is.</param>
    /// <param name="upload">What came.</param>
    /// <param name="received">When it came.</param>
    /// <param name="book">What is known of clocks.</param>
    public ClockEntry.Device? Infer(DeviceContext device, DecodedUpload upload, GatewayMoment received, ClockBook book)
    {
        var shown = upload.Measurements.Where(one => !InstantRevision.IsRemembered(one.Kind))
            .Select(one => one.Time).OfType<DeviceTime>().Where(time => time.Offset is not null)
            .OrderByDescending(time => time.Wall.Ticks - time.Offset!.Value.Ticks).FirstOrDefault();
        if (shown?.Offset is not { } offset || received.In(book) is not { IsVouched: true, Instant: var now })
        {
            return null;
        }

        var delay = new TimeSpan(now.UtcTicks - (shown.Wall.Ticks - offset.Ticks));
        var suspicion = book.SuspicionOf(device.Id);
        var suspected = suspicion?.Lag ?? TimeSpan.Zero;
        var steady = Take(device.Id, now, delay);
        if (suspected > TimeSpan.Zero && delay < suspected - Slow)
        {
            return Entry(device, received, now, offset, TimeSpan.Zero);
        }

        var isNew = suspected == TimeSpan.Zero || (steady - suspected)?.Duration() > 2 * Jitter || now - suspicion?.At >= WrittenEvery;
        return steady > Slow && isNew ? Entry(device, received, now, offset, steady.Value) : null;
    }

    /// <summary>The least delay of a window in which it was steady, once that is over.</summary>
    private TimeSpan? Take(DeviceId device, DateTimeOffset now, TimeSpan delay)
    {
        lock (_lock)
        {
            if (!_runs.TryGetValue(device, out var run) || now < run.Last || now - run.Last > Silence || delay < run.Most - Jitter)
            {
                _runs[device] = new Run(now, now, 1, delay, delay);
                return null;
            }

            if (delay > run.Least + Jitter)
            {
                // Told again, or told late: it says nothing of the clock.
                return null;
            }

            run = run with { Last = now, Count = run.Count + 1, Least = delay < run.Least ? delay : run.Least, Most = delay > run.Most ? delay : run.Most };
            var isOver = run.Count >= Uploads && now - run.Since >= Window;
            _runs[device] = isOver ? new Run(now, now, 1, delay, delay) : run;
            return isOver ? run.Least : null;
        }
    }

    private static ClockEntry.Device Entry(DeviceContext device, GatewayMoment received, DateTimeOffset now, TimeSpan offset, TimeSpan lag) => new(
        received.Boot, received.MonotonicNanoseconds, received.Wall, received.IsSynchronised, device.Id,
        new DeviceTime(new DateTime(Math.Clamp(now.UtcTicks + offset.Ticks - lag.Ticks, 0, DateTime.MaxValue.Ticks), DateTimeKind.Unspecified), offset),
        offset, IsSet: false, IsInferred: true);

    /// <summary>Uploads whose delay was the same, but for jitter.</summary>
    private readonly record struct Run(DateTimeOffset Since, DateTimeOffset Last, int Count, TimeSpan Least, TimeSpan Most);
}
