using IoTHealth.Edge.Journal;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Alarming;

/// <summary>
/// Judges what the journal cannot store, or not soon enough, and calls for it from memory: a full or failing disk silences no
/// alarm. The alarm itself is stored as soon as the journal takes it, which on a full disk has a reserve for it; then it is in the outbox
/// alone. The devices stay unacknowledged and send again, and the alarm of a reading that is stored has the same id.
/// </summary>
public sealed partial class UnstoredAlarms(
    SqliteJournal journal, AlarmMonitor monitor, UnstoredCalls calls, Func<IReadOnlyList<ICallChannel>> channels, TimeProvider time,
    ILogger<UnstoredAlarms> logger) : BackgroundService
{
    private static readonly TimeSpan DefaultRepeat = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BetweenStores = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(200);

    private readonly SemaphoreSlim _wake = new(0, 1);

    private Task _storing = Task.CompletedTask;
    private long? _storedAt;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        journal.Unstored += Judge;
        return base.StartAsync(cancellationToken);
    }

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        journal.Unstored -= Judge;
        return base.StopAsync(cancellationToken);
    }

    /// <summary>Judges entries that are not stored; never throws.</summary>
    public void Judge(IReadOnlyList<NewEntry> entries)
    {
        try
        {
            foreach (var (alarm, repeat) in entries.SelectMany(Raise))
            {
                if (!IsStored(alarm.Id) && calls.Open(alarm, repeat))
                {
                    LogUnstored(logger, alarm.Id, alarm.Rule);
                    Wake();
                }
            }
        }
        catch (Exception e)
        {
            LogNotJudged(logger, e.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            foreach (var channel in calls.IsEmpty ? [] : channels())
            {
                foreach (var (alarm, attempt) in calls.TakeDue(channel.Name))
                {
                    _ = TellAsync(channel, alarm, attempt, stoppingToken);
                }
            }

            Store();
            using var timer = calls.IsEmpty ? null : time.CreateTimer(_ => Wake(), null, Round, Timeout.InfiniteTimeSpan);
            try
            {
                await _wake.WaitAsync(stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    // One attempt at a time, after the first telling: a disk that hangs has one more write waiting, and no call waits for it.
    private void Store()
    {
        if (!calls.IsEmpty && _storing.IsCompleted && (_storedAt is not { } at || time.GetElapsedTime(at) >= BetweenStores))
        {
            _storedAt = time.GetTimestamp();
            _storing = StoreAsync();
        }
    }

    private async Task StoreAsync()
    {
        try
        {
            foreach (var call in calls.ToStore())
            {
                await journal.WriteAsync(AlarmMonitor.ToWrite(call, channels().Select(channel => channel.Name), time.GetUtcNow()));
                if (call.Acknowledgement is null && calls.AcknowledgementOf(call.Alarm.Id) is { } since)
                {
                    // Somebody came while it was being written.
                    await journal.WriteAsync(AlarmDesk.ToWrite([since]));
                }

                calls.Stored([call.Alarm.Id]);
            }
        }
        catch (Exception e)
        {
            LogNotStored(logger, e.Message);
        }
    }

    private IEnumerable<(Alarm Alarm, TimeSpan Repeat)> Raise(NewEntry entry) => entry.Kind switch
    {
        EntryKind.Measurement when WireForm.TryDecodeMeasurement(entry.Payload, out var measurement, out _) =>
            monitor.Judge(measurement).Select(pair => (pair.Alarm, TimeSpan.FromSeconds(pair.Rule.RepeatSeconds))),
        EntryKind.Alarm when WireForm.TryDecodeAlarm(entry.Payload, out var alarm, out _) => [(alarm, DefaultRepeat)],
        _ => [],
    };

    // Where the journal cannot be asked, rather one call too many.
    private bool IsStored(MeasurementId alarm)
    {
        try
        {
            return journal.Query(connection => CallTables.IsKnown(connection, alarm));
        }
        catch (Exception e) when (e is IOException or Microsoft.Data.Sqlite.SqliteException)
        {
            return false;
        }
    }

    private async Task TellAsync(ICallChannel channel, Alarm alarm, int attempt, CancellationToken cancellation)
    {
        var delivered = await channel.TellAsync(alarm, attempt, cancellation);
        calls.Note(channel.Name, alarm.Id, delivered, failures => Backoff.Of(failures, FirstPause, LongestPause));
    }

    private void Wake()
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

    [LoggerMessage(LogLevel.Error, "Alarm {Alarm} of rule {Rule} is called for from memory: it is not being stored")]
    private static partial void LogUnstored(ILogger logger, MeasurementId alarm, string rule);

    [LoggerMessage(LogLevel.Warning, "Alarms that are called for from memory could not be stored yet: {Reason}")]
    private static partial void LogNotStored(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Error, "Readings that are not stored could not be judged: {Reason}")]
    private static partial void LogNotJudged(ILogger logger, string reason);
}
