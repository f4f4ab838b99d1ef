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
/// <param name="changed">Told of each change of a device's state.</param>
internal sealed class LinkKeeper(TimeSpan firstPause, TimeSpan longestPause, TimeSpan afterTalk, TimeProvider time, Action<string, string> changed)
{
    public const string Connected = "connected";

    private readonly ConcurrentDictionary<string, string> _states = new(StringComparer.Ordinal);

    /// <summary>What each link is doing, by device key: <see cref="Connected"/>, or why not.</summary>
    public IReadOnlyDictionary<string, string> States => _states;

    /// <summary>Serves one device until cancelled.</summary>
    /// <param name="device">Key of the device.</param>
    /// <param name="serve">Opens the link, says so, and serves it until it ends.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task ServeAsync(string device, Func<Action<string>, Task> serve, CancellationToken cancellation)
    {
        for (var failures = 0; !cancellation.IsCancellationRequested;)
        {
            var wasServed = false;
            try
            {
                await serve(state =>
                {
                    wasServed |= state == Connected;
                    Report(device, state);
                });
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Report(device, e.Message);
            }

            failures = wasServed ? 0 : failures + 1;
            await Backoff.WaitAsync(wasServed ? afterTalk : Backoff.Of(failures - 1, firstPause, longestPause), time, cancellation);
        }
    }

    private void Report(string device, string state)
    {
        if (_states.GetValueOrDefault(device) != state)
        {
            _states[device] = state;
            changed(device, state);
        }
    }
}
