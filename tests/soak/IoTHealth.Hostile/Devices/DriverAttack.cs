using System.Globalization;
using IoTHealth.Devices;
using IoTHealth.Measurements;

namespace IoTHealth.Hostile.Devices;

/// <summary>Runs a driver against hostile input again and again, as a link's keeper would, and judges how it ends.</summary>
internal static class DriverAttack
{
    /// <summary>What one connection brings.</summary>
    public const int CasesOfARun = 200;

    private const double GrowthMegabytes = 64;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static DeviceContext Context(string driver) => new("attacked", DeviceId.FromSerial("M", "R", "S"), "", TimeZoneInfo.Utc, driver, "S", "R", "M");

    /// <param name="name">Driver, for the report.</param>
    /// <param name="run">Serves one connection that brings the cases and then ends.</param>
    public static async Task<HostileReport> RunAsync(string name, int cases, Func<CountingSink, CancellationToken, Task> run, CancellationToken stop)
    {
        var (sink, mistakes, ended) = (new CountingSink(), new List<string>(), new SortedDictionary<string, int>(StringComparer.Ordinal));
        var early = 0L;
        for (var done = 0; done < cases && mistakes.Count == 0; done += CasesOfARun)
        {
            early = done <= cases / 10 ? GC.GetTotalMemory(forceFullCollection: true) : early;
            using var late = CancellationTokenSource.CreateLinkedTokenSource(stop);
            var serving = Task.Run(() => run(sink, late.Token), stop);
            if (await Task.WhenAny(serving, Task.Delay(Patience, stop)) != serving)
            {
                mistakes.Add($"{name} did not end with its link, cases from {done}");
            }

            await late.CancelAsync();
            var kind = serving.IsCompleted ? serving.Exception?.InnerException : null;
            ended[kind?.GetType().Name ?? "at its end"] = ended.GetValueOrDefault(kind?.GetType().Name ?? "at its end") + 1;
            if (kind is not (null or IOException or OperationCanceledException))
            {
                mistakes.Add($"{name}, cases from {done}: {kind}");
            }
        }

        var growth = (GC.GetTotalMemory(forceFullCollection: true) - early) / 1_048_576.0;
        if (growth > GrowthMegabytes)
        {
            mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"{name} kept {growth:F0} MB"));
        }

        return new HostileReport($"{name}: {cases} cases, {sink.Measurements} readings, {sink.Refusals} refusals, ended {string.Join(", ", ended.Select(pair => $"{pair.Value} × {pair.Key}"))}", mistakes)
        {
            Reached = sink.Measurements + sink.Refusals,
        };
    }

    /// <summary>An attack of which nothing came beyond the framing of any driver would be none.</summary>
    public static HostileReport Together(IReadOnlyList<HostileReport> reports) => new(
        string.Join("; ", reports.Select(report => report.Told)),
        [.. reports.SelectMany(report => report.Mistakes), .. reports.All(report => report.Reached == 0) ? ["nothing of it reached a decoder"] : Array.Empty<string>()]);
}
