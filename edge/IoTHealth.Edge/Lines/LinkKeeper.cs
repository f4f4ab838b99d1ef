using System.Collections.Concurrent;
using IoTHealth.Edge.Journal;

namespace IoTHealth.Edge.Lines;

/// <summary>
/// Keeps serving the links of devices: one that ends, or cannot be had, is tried again after a pause that grows. One link's trouble
/// is its own.
/// </summary>
/// <param name="firstPause">Pause after the first failure, at most.</param>
/// <param name="longestPause">No pause after a failure is longer.</param>
/// <param name="afterTalk">Pause after a link that was served, however it ended.</param>
/// <param name="time">Clock of the pauses.</param>
/// <param name="changed">
/// Told of a device's state: when it is connected and how that ended; true for a trouble, told once until it has passed.
/// </param>
internal sealed class LinkKeeper(TimeSpan firstPause, TimeSpan longestPause, TimeSpan afterTalk, TimeProvider time, Action<string, string, bool> changed)
{
    public const string Connected = "connected";

    /// <summary>A link that was served so long has worked: its end is nothing out of the way.</summary>
    private static readonly TimeSpan Worked = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, string> _states = new(StringComparer.Ordinal);

    /// <summary>What each link is doing, by device key: <see cref="Connected"/>, or why not.</summary>
    public IReadOnlyDictionary<string, string> States => _states;

    /// <summary>Tells of these devices no longer.</summary>
    public void Forget(IEnumerable<string> devices)
    {
        foreach (var device in devices)
        {
            _states.TryRemove(device, out _);
        }
    }

    /// <summary>Serves one device until cancelled.</summary>
    /// <param name="device">Key of the device.</param>
    /// <param name="serve">Opens the link, says so, and serves it until it ends.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task ServeAsync(string device, Func<Action<string>, Task> serve, CancellationToken cancellation)
    {
        var (trouble, isFlapping) = ((string?)null, false);
        for (var failures = 0; !cancellation.IsCancellationRequested;)
        {
            long? connected = null;
            try
            {
                await serve(state =>
                {
                    connected = state == Connected ? time.GetTimestamp() : connected;
                    _states[device] = state;
                    if (state == Connected && !isFlapping)
                    {
                        changed(device, state, false);
                    }
                });
                (trouble, isFlapping) = (null, false);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                _states[device] = e.Message;
                var hasWorked = connected is { } since && time.GetElapsedTime(since) >= Worked;
                if (hasWorked || trouble != e.Message)
                {
                    changed(device, e.Message, !hasWorked);
                }

                // Connected and at once in trouble, again and again, is told once too.
                (trouble, isFlapping) = hasWorked ? (null, false) : (e.Message, connected is not null);
            }

            failures = connected is null ? failures + 1 : 0;
            await Backoff.WaitAsync(connected is not null ? afterTalk : Backoff.Of(failures - 1, firstPause, longestPause), time, cancellation);
        }
    }
}
