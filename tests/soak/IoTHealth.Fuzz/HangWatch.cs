namespace IoTHealth.Fuzz;

/// <summary>
/// Watches a run from another thread: a case that takes longer than a second is a hang. The second is one of processor time, for a
/// busy machine is no hang; a minute by the clock is one in any case.
/// </summary>
public sealed class HangWatch : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ProcessorMaximum = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ClockMaximum = TimeSpan.FromMinutes(1);

    private readonly FuzzRun _run;
    private readonly Action<FuzzFinding> _hangs;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _case = -1;
    private long _since;
    private TimeSpan _processor;

    /// <param name="hangs">Told of the case that hangs, on another thread, since the run's own does not come back.</param>
    public HangWatch(FuzzRun run, Action<FuzzFinding> hangs, TimeProvider time)
    {
        (_run, _hangs, _time) = (run, hangs, time);
        _timer = time.CreateTimer(_ => Look(), null, Tick, Tick);
    }

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var number = _run.Case;
        var processor = Environment.CpuUsage.TotalTime;
        if (number != _case)
        {
            (_case, _since, _processor) = (number, _time.GetTimestamp(), processor);
        }
        else if (number >= 0 && (processor - _processor > ProcessorMaximum || _time.GetElapsedTime(_since) > ClockMaximum))
        {
            _hangs(new FuzzFinding(_run.Target.Name, _run.Seed, number, "hangs", _run.Input(number)));
        }
    }
}
