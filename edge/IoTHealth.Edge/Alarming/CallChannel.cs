using System.Collections.Concurrent;
using System.Text.Json;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Registry;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Alarming;

/// <summary>
/// Delivers calls from the outbox by one channel, and again every so often until they are acknowledged. One call at a time,
/// the newest and most urgent first; a call that fails, cannot be read or cannot be noted keeps no other waiting, and nothing
/// ends the channel but stopping it. A crash between delivery and note repeats the call under the same alarm id.
/// </summary>
public abstract partial class CallChannel(string name, IJournal journal, AlarmDesk desk, DeviceRegistry registry, TimeProvider time, ILogger logger)
    : BackgroundService, ICallChannel
{
    private const int DueMaximum = 200;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan JustTold = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _wake = new(0, 1);

    // What was tried a moment ago, on the monotonic clock: holds even while the outbox cannot be written.
    private readonly ConcurrentDictionary<MeasurementId, (long Tried, TimeSpan Pause)> _tried = [];

    public string Name { get; } = name;

    public void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Already awake.
        }
    }

    public async Task<bool> TellAsync(Alarm alarm, int attempt, CancellationToken cancellation)
    {
        var delivered = await TryDeliverAsync(new DueCall(alarm.Id, 0, alarm.Rule, alarm.Device, 0, attempt, 1), alarm, cancellation);
        if (delivered)
        {
            // Should it be stored in a moment, the outbox is not to say at once what was just said.
            _tried[alarm.Id] = (time.GetTimestamp(), JustTold);
        }

        return delivered;
    }

    /// <summary>Delivers one call; completes when the other side has taken it.</summary>
    /// <exception cref="Exception">It was not taken.</exception>
    protected abstract Task DeliverAsync(Alarm alarm, string deviceKey, byte[] body, CancellationToken cancellation);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        JournalId? adopted = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // A journal that was recovered is another, and its open calls may owe nothing to this channel.
                adopted = adopted == journal.Id ? adopted : await AdoptAsync();
                await WorkAsync(stoppingToken);
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogFailed(logger, Name, e.Message);
                await Backoff.WaitAsync(TimeSpan.FromSeconds(1), time, stoppingToken);
            }
        }
    }

    private async Task<JournalId> AdoptAsync()
    {
        var id = journal.Id;
        await journal.WriteAsync(new JournalWrite { Rows = (connection, _) => CallTables.OweAllOpen(connection, Name, time.GetUtcNow()) });
        return id;
    }

    private async Task WorkAsync(CancellationToken cancellation)
    {
        var due = journal.Query(connection => CallTables.Due(connection, Name, time.GetUtcNow(), DueMaximum));
        Forget(due);
        if (due.FirstOrDefault(call => !IsTooSoon(call.Alarm)) is { } next)
        {
            await TryAsync(next, cancellation);
        }
        else
        {
            await SleepAsync(cancellation);
        }
    }

    private async Task TryAsync(DueCall call, CancellationToken cancellation)
    {
        var delivered = await TryDeliverAsync(call, null, cancellation);
        var pause = delivered ? TimeSpan.FromSeconds(call.RepeatSeconds) : Backoff.Of(call.Attempt - 1, FirstPause, LongestPause);
        _tried[call.Alarm] = (time.GetTimestamp(), pause);
        await journal.WriteAsync(new JournalWrite
        {
            Rows = (connection, _) => CallTables.Note(connection, Name, call.Alarm, delivered, time.GetUtcNow() + pause),
        }, cancellation);
    }

    private async Task<bool> TryDeliverAsync(DueCall call, Alarm? known, CancellationToken cancellation)
    {
        try
        {
            var device = registry.Find(call.Device)?.Context;
            var alarm = known ?? Read(call) ?? Unreadable(call, device?.Place ?? call.Device.Value);
            var key = device?.Key ?? call.Device.Value;
            await DeliverAsync(alarm, key, Body(alarm, key, call), cancellation);
            LogDelivered(logger, Name, call.Alarm, call.Attempt);
            return true;
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested || known is not null)
        {
            LogUndelivered(logger, Name, call.Alarm, call.Attempt, e.Message);
            return false;
        }
    }

    private Alarm? Read(DueCall call)
    {
        try
        {
            return desk.Read(call.Position);
        }
        catch (Exception e)
        {
            LogUnreadable(logger, Name, call.Alarm, e.Message);
            return null;
        }
    }

    // Somebody must come even where the entry is damaged: what the outbox itself knows is enough for that.
    private Alarm Unreadable(DueCall call, string place) => new(
        call.Alarm, call.Rule, call.Device, default, time.GetUtcNow(), time.GetUtcNow(), "high", place,
        $"{place} {call.Rule}(記録が読めません)", $"{place}: {call.Rule} (the record cannot be read)", History: false);

    private bool IsTooSoon(MeasurementId alarm) => _tried.TryGetValue(alarm, out var last) && time.GetElapsedTime(last.Tried) < last.Pause;

    private void Forget(IReadOnlyList<DueCall> due)
    {
        var stillDue = due.Select(call => call.Alarm).ToHashSet();
        foreach (var alarm in _tried.Keys.Where(alarm => !stillDue.Contains(alarm) && !IsTooSoon(alarm)).ToList())
        {
            _tried.TryRemove(alarm, out _);
        }
    }

    private async Task SleepAsync(CancellationToken cancellation)
    {
        var next = journal.Query(connection => CallTables.NextDue(connection, Name));
        var pause = next is { } due ? due - time.GetUtcNow() : LongestPause;
        pause = pause > LongestPause ? LongestPause : pause < ShortestPause ? ShortestPause : pause;
        using var timer = time.CreateTimer(_ => Wake(), null, pause, Timeout.InfiniteTimeSpan);
        await _wake.WaitAsync(cancellation);
    }

    private static byte[] Body(Alarm alarm, string device, DueCall call) => JsonSerializer.SerializeToUtf8Bytes(
        new
        {
            alarm = alarm.Id.ToString(),
            rule = alarm.Rule,
            severity = alarm.Severity,
            device,
            place = alarm.Place,
            instant = alarm.Instant.UtcDateTime,
            raised = alarm.Raised.UtcDateTime,
            attempt = call.Attempt,
            open = call.Open,
            textJa = alarm.TextJa,
            textEn = alarm.TextEn,
        });

    [LoggerMessage(LogLevel.Information, "Called by {Channel}: alarm {Alarm}, attempt {Attempt}")]
    private static partial void LogDelivered(ILogger logger, string channel, MeasurementId alarm, int attempt);

    [LoggerMessage(LogLevel.Warning, "Could not call by {Channel}: alarm {Alarm}, attempt {Attempt}: {Reason}")]
    private static partial void LogUndelivered(ILogger logger, string channel, MeasurementId alarm, int attempt, string reason);

    [LoggerMessage(LogLevel.Error, "The entry of alarm {Alarm} cannot be read, {Channel} calls without its text: {Reason}")]
    private static partial void LogUnreadable(ILogger logger, string channel, MeasurementId alarm, string reason);

    [LoggerMessage(LogLevel.Error, "The outbox of {Channel} could not be worked on: {Reason}")]
    private static partial void LogFailed(ILogger logger, string channel, string reason);
}
