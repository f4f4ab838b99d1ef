using System.Globalization;
using IoTHealth.Testing.Faults;

namespace IoTHealth.Soak;

/// <summary>
/// The line to a cloud on another machine is slow and bad: its cable is pulled and put in again, its connections are reset, or
/// freeze half-open; under load, chosen by seed.
/// </summary>
/// <param name="trial">With its servers and robots running.</param>
/// <param name="cable">To the cloud's machine.</param>
public sealed class LineFaults(Trial trial, NetworkNamespace cable, Random chance, TextWriter output)
{
    private const int LongestMilliseconds = 2500;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public async Task RunAsync(int rounds)
    {
        trial.Line.Latency = TimeSpan.FromMilliseconds(80);
        for (var round = 0; round < rounds; round++)
        {
            var (kind, pause) = (round % 3, TimeSpan.FromMilliseconds(chance.Next(200, LongestMilliseconds)));
            await trial.GrowsAsync(Patience);
            await (kind switch
            {
                0 => PullAsync(pause),
                1 => FreezeAsync(pause),
                _ => ResetAsync(pause),
            });
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{(kind switch { 0 => "cable pulled", 1 => "frozen", _ => "reset" })} {pause.TotalSeconds:0.0} s, {trial.Line.Accepted} connections so far"));
        }
    }

    private async Task PullAsync(TimeSpan pause)
    {
        await cable.CutAsync();
        await Task.Delay(pause);
        await cable.HealAsync();
    }

    private async Task FreezeAsync(TimeSpan pause)
    {
        trial.Line.Freeze();
        await Task.Delay(pause);
        trial.Line.Thaw();
    }

    private async Task ResetAsync(TimeSpan pause)
    {
        await Task.Delay(pause);
        trial.Line.Reset();
    }
}
