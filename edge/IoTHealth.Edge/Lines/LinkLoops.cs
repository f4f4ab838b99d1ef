using IoTHealth.Edge.Registry;

namespace IoTHealth.Edge.Lines;

/// <summary>
/// One loop for each device that is wanted. Devices come, go and change while the others are served: the loop of one that stays as it
/// was is not touched.
/// </summary>
/// <param name="serve">Serves a device until cancelled.</param>
/// <param name="time">Clock.</param>
internal sealed class LinkLoops<T>(Func<T, CancellationToken, Task> serve, TimeProvider time)
    where T : RegisteredDevice
{
    /// <summary>A driver that does not end in this time is left behind: its neighbours wait for nobody.</summary>
    private static readonly TimeSpan EndingMaximum = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, Loop> _loops = new(StringComparer.Ordinal);

    /// <summary>Serves exactly these from now on. One call at a time.</summary>
    /// <returns>Keys of those that are served no longer.</returns>
    public async Task<IReadOnlyList<string>> ServeAsync(IEnumerable<T> wanted)
    {
        var now = wanted.ToDictionary(device => device.Context.Key, StringComparer.Ordinal);
        var ending = _loops.Where(loop => !now.TryGetValue(loop.Key, out var device) || !device.Equals(loop.Value.Device)).Select(loop => loop.Key).ToList();
        await Task.WhenAll(ending.Select(key => EndAsync(_loops[key])));
        ending.ForEach(key => _loops.Remove(key));
        foreach (var (key, device) in now.Where(pair => !_loops.ContainsKey(pair.Key)))
        {
            var stop = new CancellationTokenSource();
            _loops[key] = new Loop(device, stop, Task.Run(() => serve(device, stop.Token)));
        }

        return [.. ending.Where(key => !now.ContainsKey(key))];
    }

    private async Task EndAsync(Loop loop)
    {
        await loop.Stop.CancelAsync();
        try
        {
            await loop.Running.WaitAsync(EndingMaximum, time);
            loop.Stop.Dispose();
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // It ends late, or ended by being told to.
        }
    }

    private sealed record Loop(T Device, CancellationTokenSource Stop, Task Running);
}
