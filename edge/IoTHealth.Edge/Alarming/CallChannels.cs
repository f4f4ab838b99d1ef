namespace IoTHealth.Edge.Alarming;

/// <summary>Starts and stops every configured channel.</summary>
public sealed class CallChannels(IEnumerable<CallChannel> channels) : IHostedService
{
    private readonly CallChannel[] _channels = [.. channels];

    public Task StartAsync(CancellationToken cancellationToken) => Task.WhenAll(_channels.Select(channel => channel.StartAsync(cancellationToken)));

    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(_channels.Select(channel => channel.StopAsync(cancellationToken)));
}
