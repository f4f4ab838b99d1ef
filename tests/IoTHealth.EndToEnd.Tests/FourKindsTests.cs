using System.Text;
using IoTHealth.EndToEnd.Tests.Harness;
using IoTHealth.Testing;

namespace IoTHealth.EndToEnd.Tests;

/// <summary>A robot, a serial meter, a Bluetooth meter and cuff, and a pacemaker at once, through an edge that is killed while it reads them.</summary>
public sealed class FourKindsTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task All_four_kinds_arrive_once_though_the_edge_is_killed_while_it_reads()
    {
        _ = Require.Program("dbus-daemon");
        await using var test = await TestStack.StartAsync(options => options with { Robots = 1, Bedside = true });
        var stack = test.Stack;
        stack.StartRobots();
        await stack.StartBedsideAsync();
        await SeesAsync("each device was heard", () => Stored("blood-pressure") > 0 && Stored("glucose") > 0 && Stored("implant-battery") > 0);
        await stack.Edge.KillAsync();
        await stack.Edge.StartAsync();
        var before = (Cuff: Stored("blood-pressure"), Implant: Stored("implant-battery"));
        await SeesAsync("they are heard again", () => Stored("blood-pressure") > before.Cuff && Stored("implant-battery") > before.Implant && Uploaded());
        Assert.All(await stack.StopRobotsAsync(), exitCode => Assert.Equal(0, exitCode));
        await stack.StopBedsideAsync();
        await stack.DrainAsync(Patience);
        var report = await stack.ReportAsync();
        output.WriteLine(report.Output + report.Errors);
        Assert.Equal(0, report.ExitCode);
        Assert.Contains("missing 0, duplicated 0, foreign 0", report.Output, StringComparison.Ordinal);
        Assert.Matches(@"detect-only: B-0001 blood-pressure: measured \d+, sent \d+, stored \d+, lost \d+", report.Output);
        // Each report of the pacemaker tells its battery once and brings one PDF.
        var reports = JsonLines.Read(stack.Folder.FhirFile).Where(line => (string?)line["type"] == "DiagnosticReport").ToList();
        Assert.Equal(Stored("implant-battery"), reports.Count);
        Assert.All(reports, report => Assert.StartsWith("%PDF", Encoding.Latin1.GetString(Convert.FromBase64String(
            (string)report["resource"]!["presentedForm"]![0]!["data"]!)), StringComparison.Ordinal));

        int Stored(string kind) => JsonLines.Read(stack.Folder.FhirFile).Count(line => line.ToJsonString().Contains($"\"code\":\"{kind}\"", StringComparison.Ordinal));
        bool Uploaded() => Directory.GetFiles(stack.Folder.Out, "*.meter.jsonl") is { Length: 2 } accounts
            && accounts.All(account => JsonLines.Read(account).Any(line => (string?)line["event"] == "uploaded"));
    }

    private static Task SeesAsync(string what, Func<bool> condition) => Eventually.HoldsAsync(what, condition, Patience);
}
