using System.CommandLine;
using System.Globalization;

namespace IoTHealth.Soak;

/// <summary>A trial as a command: prints its seed and progress, and ends with the counting report. Exit code 1 unless it is clean.</summary>
internal static class SoakCommand
{
    private const int Failed = 1;

    /// <param name="count">Name of the option that says how many.</param>
    /// <param name="standard">How many unless it is given.</param>
    /// <param name="run">Runs that many with a seed and judges.</param>
    public static Command Create(string name, string description, string count, int standard, Func<int, int, TextWriter, Task<Verdict>> run)
    {
        var number = new Option<int>(count) { Description = "How many", DefaultValueFactory = _ => standard };
        var seed = new Option<int?>("--seed") { Description = "Same seed, same moments as far as the machine allows; drawn and printed when left out" };
        var command = new Command(name, description) { number, seed };
        command.SetAction(async (parsed, _) =>
        {
            var output = parsed.InvocationConfiguration.Output;
            var (times, drawn) = (parsed.GetValue(number), parsed.GetValue(seed) ?? Random.Shared.Next(1_000_000));
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{name} {count} {times} --seed {drawn}"));
            var verdict = await run(times, drawn, output);
            await output.WriteLineAsync(verdict.Text);
            await output.WriteLineAsync(verdict.ToString());
            return verdict.IsClean ? 0 : Failed;
        });
        return command;
    }
}
