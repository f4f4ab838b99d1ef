using IoTHealth.Measurements;

namespace IoTHealth.Edge.Alarming;

/// <summary>
/// How far behind each device's clock is: the least delay between a reading's instant and its receipt over the last half
/// hour to hour of hearing it. A slow clock makes every reading look old; without this, nobody would be called for a device
/// whose clock is ten minutes behind. What was known before a silence or a restart still counts after it, so a backlog is
/// old; a clock that was really set back is learned within the hour of hearing it.
/// </summary>
/// <param name="known">What was known of each device when the program last ran.</param>
public sealed class DeviceDelays(IReadOnlyDictionary<string, TimeSpan> known)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan WorthKeeping = TimeSpan.FromSeconds(5);

    private readonly Dictionary<DeviceId, Least> _least = [];
    private readonly Dictionary<string, TimeSpan> _kept = new(known, StringComparer.Ordinal);

    /// <summary>Takes a reading into account and says how far behind its device's clock is, zero or more.</summary>
    public TimeSpan Behind(Measurement measurement)
    {
        var received = measurement.Time.Received;
        var delay = received - measurement.Time.Instant;
        var before = _least.TryGetValue(measurement.Device, out var least)
            ? least
            : new Least(received, delay, _kept.GetValueOrDefault(measurement.Device.Key, delay));
        least = before.With(received, delay);
        _least[measurement.Device] = least;
        return least.Value > TimeSpan.Zero ? least.Value : TimeSpan.Zero;
    }

    /// <summary>What changed since the last call and should outlive the program, by <see cref="DeviceId.Key"/>.</summary>
    public IReadOnlyList<(string Device, TimeSpan Delay)> TakeChanges()
    {
        var changes = _least
            .Where(pair => !_kept.TryGetValue(pair.Key.Key, out var kept) || (kept - pair.Value.Value).Duration() > WorthKeeping)
            .Select(pair => (pair.Key.Key, pair.Value.Value))
            .ToList();
        changes.ForEach(change => _kept[change.Key] = change.Value);
        return changes;
    }

    /// <summary>The least delay of this window and of the one before it.</summary>
    private sealed record Least(DateTimeOffset Since, TimeSpan Current, TimeSpan Previous)
    {
        public TimeSpan Value => Current < Previous ? Current : Previous;

        // After a silence, or a gateway clock that was set, what was known stays for one window more.
        public Least With(DateTimeOffset received, TimeSpan delay)
        {
            if (received - Since > 2 * Window || received < Since)
            {
                return new Least(received, delay, Value);
            }

            return received - Since > Window
                ? new Least(received, delay, Current)
                : this with { Current = delay < Current ? delay : Current };
        }
    }
}
