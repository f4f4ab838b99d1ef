using IoTHealth.Measurements;

namespace IoTHealth.Edge.Intake;

/// <summary>
/// Watches the gateway's own clocks and writes them into the log side by side: at start, when a time service has set the wall clock,
/// before and after it steps, and every hour. Readings of a box that did not know the time are dated by these afterwards.
/// </summary>
public sealed partial class ClockWatch(GatewayClock clock, ClockLog log, TimeProvider time, ILogger<ClockWatch> logger) : BackgroundService
{
    /// <summary>What lies between two looks cannot be dated closer, where a clock steps twice.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan StepMinimum = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WrittenEvery = TimeSpan.FromHours(1);

    /// <summary>While the journal cannot take them.</summary>
    private const int MostWaiting = 64;

    private const int NanosecondsPerTick = 100;

    private readonly List<ClockEntry> _waiting = [];

    private GatewayMoment? _last;
    private long _writtenAt;
    private bool _isFailing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        try
        {
            do
            {
                await LookAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Asked to stop.
        }
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        var now = clock.Now();
        Notice(now);
        _last = now;
        if (_waiting.Count == 0)
        {
            return;
        }

        try
        {
            await log.WriteAsync([.. _waiting], cancellation);
            _waiting.Clear();
            _isFailing = false;
        }
        catch (IOException e)
        {
            if (!_isFailing)
            {
                LogWaiting(logger, e.Message);
            }

            _isFailing = true;
            _waiting.RemoveRange(0, Math.Max(0, _waiting.Count - MostWaiting));
        }
    }

    private void Notice(GatewayMoment now)
    {
        if (_last is not { } last)
        {
            Add(now, "started");
            if (!now.IsSynchronised)
            {
                LogUnsynchronised(logger);
            }

            return;
        }

        var stepped = Apart(now) - Apart(last);
        if (stepped.Duration() > StepMinimum)
        {
            LogStepped(logger, stepped);
            Add(last, "before-step");
            Add(now, "stepped");
        }
        else if (now.IsSynchronised && !last.IsSynchronised)
        {
            LogSynchronised(logger);
            Add(now, "synchronised");
        }
        else if ((now.MonotonicNanoseconds - _writtenAt) / NanosecondsPerTick >= WrittenEvery.Ticks)
        {
            Add(now, "hourly");
        }
    }

    private void Add(GatewayMoment at, string cause)
    {
        _waiting.Add(new ClockEntry.Gateway(at.Boot, at.MonotonicNanoseconds, at.Wall, at.IsSynchronised, cause));
        _writtenAt = at.MonotonicNanoseconds;
    }

    private static TimeSpan Apart(GatewayMoment at) => new(at.Wall.UtcTicks - (at.MonotonicNanoseconds / NanosecondsPerTick));

    [LoggerMessage(LogLevel.Warning, "No time service has set this gateway's clock; readings say so until one does")]
    private static partial void LogUnsynchronised(ILogger logger);

    [LoggerMessage(LogLevel.Information, "A time service keeps this gateway's clock right")]
    private static partial void LogSynchronised(ILogger logger);

    [LoggerMessage(LogLevel.Warning, "This gateway's clock stepped by {Step}")]
    private static partial void LogStepped(ILogger logger, TimeSpan step);

    [LoggerMessage(LogLevel.Warning, "What was learned of clocks waits to be written: {Reason}")]
    private static partial void LogWaiting(ILogger logger, string reason);
}
