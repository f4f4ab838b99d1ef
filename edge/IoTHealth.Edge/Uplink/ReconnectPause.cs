using IoTHealth.Edge.Journal;

namespace IoTHealth.Edge.Uplink;

/// <summary>
/// How long to wait before connecting again, so that thousands of boxes do not come back at once. After a session that held, a
/// random part of up to 10 s; where the hub cannot be reached, doubling up to 5 s; where it refuses us, up to 60 s, each
/// pause drawn anew from a range that grows with the one before (decorrelated jitter).
/// </summary>
internal sealed class ReconnectPause(Random random)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestUnreachable = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Spread = TimeSpan.FromSeconds(10);
    private const double FirstRefusedSeconds = 1;
    private const double LongestRefusedSeconds = 60;

    /// <summary>A session shorter than this was none that a whole fleet had: it is spread in proportion.</summary>
    private static readonly TimeSpan Held = TimeSpan.FromMinutes(1);

    private double _refusedSeconds = FirstRefusedSeconds;
    private int _failures;

    /// <param name="failure">Why it ended; null where we ended it ourselves.</param>
    /// <param name="session">How long it held; zero where there was none.</param>
    /// <param name="hasPassed">Whether anything was acknowledged in it.</param>
    public TimeSpan After(Exception? failure, TimeSpan session, bool hasPassed)
    {
        if (failure is HubRefusalException)
        {
            _refusedSeconds = Math.Min(LongestRefusedSeconds, FirstRefusedSeconds + random.NextDouble() * (3 * _refusedSeconds - FirstRefusedSeconds));
            return TimeSpan.FromSeconds(_refusedSeconds);
        }

        _refusedSeconds = FirstRefusedSeconds;
        _failures = hasPassed || failure is null ? 0 : _failures + 1;
        var pause = failure is null ? TimeSpan.Zero : Backoff.Of(Math.Max(0, _failures - 1), FirstPause, LongestUnreachable);
        var share = failure is null ? 0 : Math.Min(1, session / Held);
        return pause + Spread * share * random.NextDouble();
    }
}
