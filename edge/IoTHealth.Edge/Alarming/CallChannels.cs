using IoTHealth.Edge.Configuration;

namespace IoTHealth.Edge.Alarming;

/// <summary>
/// Runs a channel for each way to call somebody that is configured. One that stays as it was goes on; one that is new owes every call
/// that is open.
/// </summary>
/// <param name="wanted">The channels of a configuration, by what they are made of.</param>
/// <param name="start">What to begin with.</param>
public sealed class CallChannels(Func<EdgeConfiguration, IReadOnlyDictionary<object, Func<CallChannel>>> wanted, EdgeConfiguration start)
    : IHostedService, IReconfigurable
{
    private readonly Dictionary<object, CallChannel> _running = [];

    private volatile IReadOnlyList<CallChannel> _current = [];

    /// <summary>Those that run now.</summary>
    public IReadOnlyList<CallChannel> Current => _current;

    public Task StartAsync(CancellationToken cancellationToken) => ApplyAsync(start);

    public Task ApplyAsync(EdgeConfiguration now) => RunAsync(wanted(now));

    public Task StopAsync(CancellationToken cancellationToken) => RunAsync(new Dictionary<object, Func<CallChannel>>());

    private async Task RunAsync(IReadOnlyDictionary<object, Func<CallChannel>> channels)
    {
        // Made first: one that cannot be made leaves all as it was.
        var made = channels.Where(channel => !_running.ContainsKey(channel.Key)).ToDictionary(channel => channel.Key, channel => channel.Value());
        foreach (var (key, channel) in _running.Where(one => !channels.ContainsKey(one.Key)).ToList())
        {
            _running.Remove(key);
            await channel.StopAsync(CancellationToken.None);
            channel.Dispose();
        }

        foreach (var (key, channel) in made)
        {
            _running[key] = channel;
            await channel.StartAsync(CancellationToken.None);
        }

        _current = [.. _running.Values];
    }
}
