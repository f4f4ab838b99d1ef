using System.Globalization;

namespace IoTHealth.Fuzz;

/// <summary>The command: one decoder after the other, a line of progress every few seconds and one for each result.</summary>
internal sealed class FuzzCommand(TextWriter output, ulong seed, TimeProvider time)
{
    private static readonly TimeSpan Progress = TimeSpan.FromSeconds(5);

    public int Run(IReadOnlyList<FuzzTarget> targets, long cases, CancellationToken stop)
    {
        foreach (var target in targets)
        {
            if (!Run(new FuzzRun(target, seed), cases, stop))
            {
                return 1;
            }
        }

        return 0;
    }

    public int Replay(IReadOnlyList<FuzzTarget> targets, long number)
    {
        var runs = targets.Select(target => new FuzzRun(target, seed)).ToList();
        foreach (var run in runs)
        {
            output.WriteLine($"{run.Target.Name} case {number}: {Convert.ToHexStringLower(run.Input(number))}");
            using var watch = new HangWatch(run, Hangs, time);
            if (run.Run(number, 1) is { } finding)
            {
                output.WriteLine(finding);
                return 1;
            }
        }

        return 0;
    }

    private bool Run(FuzzRun run, long cases, CancellationToken stop)
    {
        var started = time.GetTimestamp();
        using var watch = new HangWatch(run, Hangs, time);
        using var progress = time.CreateTimer(_ => Tell(run, run.Case + 1, cases, started), null, Progress, Progress);
        var finding = run.Run(0, cases, stop);
        Tell(run, run.Case + 1, cases, started);
        output.WriteLine(finding is null
            ? string.Create(CultureInfo.InvariantCulture, $"{run.Target.Name}: most allocated by one case {run.AllocatedMost} bytes, kept {run.Kept} bytes; {(run.Case + 1 == cases ? "passed" : "stopped")}")
            : $"FAILED {finding}");
        return finding is null && run.Case + 1 == cases;
    }

    private void Tell(FuzzRun run, long done, long cases, long started)
    {
        var seconds = time.GetElapsedTime(started).TotalSeconds;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{run.Target.Name}: {done} of {cases} cases, {seconds:F1} s, {done / seconds:F0}/s, working set {Environment.WorkingSet / 1_048_576} MB"));
    }

    // The run's own thread will not come back, so the process ends here.
    private void Hangs(FuzzFinding finding)
    {
        output.WriteLine($"FAILED {finding}");
        output.Flush();
        Environment.Exit(1);
    }
}
