using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Journal;

namespace IoTHealth.Edge.Uplink;

/// <summary>
/// Forwards the journal to the cloud and keeps the acknowledged intervals: connects, lets <see cref="Sender"/> and
/// <see cref="CloudDesk"/> work, and connects again for ever. Delivery is at least once; the cloud folds repeats by id.
/// </summary>
public sealed partial class CloudUplink : BackgroundService
{
    private readonly IJournal _journal;
    private readonly IUplinkTransport _transport;
    private readonly TimeProvider _time;
    private readonly ILogger<CloudUplink> _logger;
    private readonly Acknowledged _acknowledged;
    private readonly CloudDesk? _desk;
    private readonly Sender _sender;
    private readonly ReconnectPause _pause = new(Random.Shared);

    public CloudUplink(
        IJournal journal, IUplinkTransport transport, TimeProvider time, ILogger<CloudUplink> logger, Acknowledged? acknowledged = null,
        CloudDesk? desk = null, UplinkSettings? settings = null)
    {
        (_journal, _transport, _time, _logger, _desk) = (journal, transport, time, logger, desk);
        _acknowledged = acknowledged ?? new Acknowledged(journal);
        _sender = new Sender(journal, _acknowledged, transport, settings?.KilobitsPerSecond, time, logger);
    }

    /// <summary>Everything up to here is with the cloud.</summary>
    public long Position => _acknowledged.Prefix;

    /// <summary>Entries the cloud does not hold yet.</summary>
    public long Behind => _acknowledged.Behind(_journal.Head);

    /// <summary><c>connected</c>, or why not.</summary>
    public string State { get; private set; } = "starting";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            Exception? failure = null;
            long? began = null;
            try
            {
                await _transport.ConnectAsync(stoppingToken);
                await (_desk?.GreetAsync(stoppingToken) ?? Task.CompletedTask);
                began = _time.GetTimestamp();
                State = "connected";
                LogConnected(_logger, Behind);
                await ServeSessionAsync(stoppingToken);
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                failure = e;
                Report(e.Message);
            }

            await DisconnectAsync();
            var session = began is { } since ? _time.GetElapsedTime(since) : TimeSpan.Zero;
            await Backoff.WaitAsync(_pause.After(failure, session, began is not null && _sender.HasPassed), _time, stoppingToken);
        }

        await DisconnectAsync();
    }

    private async Task ServeSessionAsync(CancellationToken cancellation)
    {
        using var session = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var sending = _sender.RunAsync(_transport.RenewalAsync(session.Token), session.Token);
        var serving = _desk?.ServeAsync(session.Token) ?? sending;
        try
        {
            await await Task.WhenAny(sending, serving);
        }
        finally
        {
            await session.CancelAsync();
            await Task.WhenAll(sending, serving).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private void Report(string reason)
    {
        if (State != reason)
        {
            State = reason;
            LogDisconnected(_logger, Behind, reason);
        }
    }

    private async Task DisconnectAsync()
    {
        try
        {
            await _transport.DisconnectAsync();
        }
        catch (Exception e)
        {
            LogNoGoodbye(_logger, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Information, "Connected to the cloud, {Behind} entries behind")]
    private static partial void LogConnected(ILogger logger, long behind);

    [LoggerMessage(LogLevel.Warning, "The cloud cannot be reached, {Behind} entries wait here: {Reason}")]
    private static partial void LogDisconnected(ILogger logger, long behind, string reason);

    [LoggerMessage(LogLevel.Debug, "Could not say goodbye to the cloud: {Reason}")]
    private static partial void LogNoGoodbye(ILogger logger, string reason);
}
