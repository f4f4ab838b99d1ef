using System.Diagnostics;
using System.Globalization;
using IoTHealth.Testing.Faults;

namespace IoTHealth.Soak;

/// <summary>
/// The edge's power is cut again and again, under load, at random moments: at work, while it starts, and while it recovers from the
/// cut before. In every other round the line to the cloud is cut too, so that its disk alone holds what was acknowledged.
/// </summary>
/// <param name="trial">A laid facility; its programs are started here.</param>
public sealed class PowerCuts(Trial trial, LoopDisk disk, Random chance, TextWriter output)
{
    private const int LongestMomentMilliseconds = 800;
    private const int LongestStartMilliseconds = 1500;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public async Task RunAsync(int cuts)
    {
        trial.Stack.StartRobots();
        for (var cut = 1; cut <= cuts; cut++)
        {
            // The second cut is the first that meets a journal, and one that the cloud does not have.
            await CutAsync(cut, atWork: cut % 4 != 0, alone: cut % 2 == 0);
        }

        trial.Line.Heal();
        await trial.Stack.Edge.ReadyAsync();
    }

    private async Task CutAsync(int number, bool atWork, bool alone)
    {
        var begun = Stopwatch.GetTimestamp();
        if (alone)
        {
            trial.Line.Cut();
        }
        else
        {
            trial.Line.Heal();
        }

        if (atWork)
        {
            await trial.Stack.Edge.ReadyAsync();
            await trial.GrowsAsync(Patience);
        }

        await Task.Delay(chance.Next(atWork ? LongestMomentMilliseconds : LongestStartMilliseconds));
        disk.CutPower();
        await trial.Stack.Edge.KillAsync();
        await disk.PowerUpAsync();
        trial.Stack.Edge.Start();
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"cut {number}: {(atWork ? "at work" : "while it started")}{(alone ? ", line cut" : "")}, {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s"));
    }
}
