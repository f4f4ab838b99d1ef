using System.Text.Json;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Registry;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Alarming;

/// <summary>
/// Delivers calls from the outbox by one channel, and again every so often until they are acknowledged. A channel that
/// fails or hangs keeps no other waiting. A crash between delivery and note repeats the call under the same alarm id.
/// </summary>
public abstract partial class CallChannel(string name, IJournal journal, AlarmDesk desk, DeviceRegistry registry, TimeProvider time, ILogger logger)
    : BackgroundService, ICallChannel
{
    private const int BatchCalls = 50;

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _wake = new(0, 1);

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

    /// <summary>Delivers one call; completes when the other side has taken it.</summary>
    /// <exception cref="Exception">It was not taken.</exception>
    protected abstract Task DeliverAsync(Alarm alarm, string deviceKey, byte[] body, CancellationToken cancellation);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                foreach (var call in journal.Query(connection => CallTables.Due(connection, Name, time.GetUtcNow(), BatchCalls)))
                {
                    await DeliverAsync(call, stoppingToken);
                }

                await SleepAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogFailed(logger, Name, e.Message);
                await SleepAsync(stoppingToken);
            }
        }
    }

    private async Task DeliverAsync(DueCall call, CancellationToken cancellation)
    {
        var delivered = false;
        if (desk.Read(call.Position) is { } alarm)
        {
            try
            {
                var device = registry.Find(alarm.Device)?.Context.Key ?? alarm.Device.Value;
                await DeliverAsync(alarm, device, Body(alarm, device, call.Attempt), cancellation);
                delivered = true;
                LogDelivered(logger, Name, alarm.Id, call.Attempt);
            }
            catch (Exception e) when (!cancellation.IsCancellationRequested)
            {
                LogUndelivered(logger, Name, alarm.Id, call.Attempt, e.Message);
            }
        }

        var pause = delivered ? TimeSpan.FromSeconds(call.RepeatSeconds) : Backoff(call.Attempt);
        await journal.WriteAsync(new JournalWrite
        {
            Rows = (connection, _) => CallTables.Note(connection, Name, call.Alarm, delivered, time.GetUtcNow() + pause),
        });
    }

    private async Task SleepAsync(CancellationToken cancellation)
    {
        var next = journal.Query(connection => CallTables.NextDue(connection, Name));
        var pause = next is { } due ? due - time.GetUtcNow() : LongestPause;
        pause = pause > LongestPause ? LongestPause : pause;
        if (pause <= TimeSpan.Zero)
        {
            return;
        }

        using var timer = time.CreateTimer(_ => Wake(), null, pause, Timeout.InfiniteTimeSpan);
        await _wake.WaitAsync(cancellation);
    }

    private static TimeSpan Backoff(int attempt)
    {
        var bound = Math.Min(LongestPause.TotalMilliseconds, 500 * Math.Pow(2, Math.Min(attempt - 1, 10)));
        return TimeSpan.FromMilliseconds(bound * (0.5 + Random.Shared.NextDouble() / 2));
    }

    private static byte[] Body(Alarm alarm, string device, int attempt) => JsonSerializer.SerializeToUtf8Bytes(
        new
        {
            alarm = alarm.Id.ToString(),
            rule = alarm.Rule,
            severity = alarm.Severity,
            device,
            place = alarm.Place,
            instant = alarm.Instant.UtcDateTime,
            raised = alarm.Raised.UtcDateTime,
            attempt,
            textJa = alarm.TextJa,
            textEn = alarm.TextEn,
        });

    [LoggerMessage(LogLevel.Information, "Called by {Channel}: alarm {Alarm}, attempt {Attempt}")]
    private static partial void LogDelivered(ILogger logger, string channel, MeasurementId alarm, int attempt);

    [LoggerMessage(LogLevel.Warning, "Could not call by {Channel}: alarm {Alarm}, attempt {Attempt}: {Reason}")]
    private static partial void LogUndelivered(ILogger logger, string channel, MeasurementId alarm, int attempt, string reason);

    [LoggerMessage(LogLevel.Error, "The outbox of {Channel} could not be worked on: {Reason}")]
    private static partial void LogFailed(ILogger logger, string channel, string reason);
}
