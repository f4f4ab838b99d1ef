using System.Collections.Concurrent;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Alarming;

/// <summary>
/// How far behind each device's clock is, as the least delay between a reading's instant and its receipt over the last half
/// hour to hour of hearing it. A slow clock makes every reading look old; without this, nobody would be called for a device
/// whose clock is ten minutes behind. After an outage the backlog itself is what was heard, so the first of it may still call:
/// rather one call too many than one too few.
/// </summary>
public sealed class DeviceDelays
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(30);

    private readonly ConcurrentDictionary<DeviceId, Least> _least = new();

    /// <summary>Takes a reading into account and says how far behind its device's clock is, zero or more.</summary>
    public TimeSpan Behind(Measurement measurement)
    {
        var received = measurement.Time.Received;
        var delay = received - measurement.Time.Instant;
        var least = _least.AddOrUpdate(
            measurement.Device,
            _ => new Least(received, delay, delay),
            (_, known) => known.With(received, delay));
        return least.Value > TimeSpan.Zero ? least.Value : TimeSpan.Zero;
    }

    /// <summary>Two buckets of half a window each, so that a clock that was set back is learned within the hour.</summary>
    private sealed record Least(DateTimeOffset Since, TimeSpan Current, TimeSpan Previous)
    {
        public TimeSpan Value => Current < Previous ? Current : Previous;

        public Least With(DateTimeOffset received, TimeSpan delay)
        {
            if (received - Since > 2 * Window || received < Since)
            {
                return new Least(received, delay, delay);
            }

            return received - Since > Window
                ? new Least(received, delay, Current)
                : this with { Current = delay < Current ? delay : Current };
        }
    }
}
