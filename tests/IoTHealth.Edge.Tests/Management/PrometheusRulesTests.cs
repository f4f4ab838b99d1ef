using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using IoTHealth.Edge.Management.Metrics;
using IoTHealth.Testing;

namespace IoTHealth.Edge.Tests.Management;

public sealed partial class PrometheusRulesTests
{
    private static readonly string Folder = Path.Combine(Root(), "dashboards", "prometheus");
    private static readonly string Rules = Path.Combine(Folder, "iothealth-edge.rules.yml");
    private static readonly string Cases = Path.Combine(Folder, "iothealth-edge.rules.test.yml");

    [Fact]
    public async Task The_rules_are_rules_and_each_alert_is_quiet_and_fires_when_it_should()
    {
        var promtool = Require.Program("promtool");
        var check = await CommandRun.OfAsync(promtool, ["check", "rules", Rules], TimeSpan.FromSeconds(60));
        Assert.True(check.ExitCode == 0, check.Output + check.Errors);
        var test = await CommandRun.OfAsync(promtool, ["test", "rules", Cases], TimeSpan.FromSeconds(60));
        Assert.True(test.ExitCode == 0, test.Output + test.Errors);
    }

    [Fact]
    public void Every_alert_has_a_case_and_speaks_both_languages()
    {
        var rules = File.ReadAllText(Rules);
        var alerts = AlertName().Matches(rules).Select(match => match.Groups[1].Value).ToList();
        Assert.True(alerts.Count >= 10, $"{alerts.Count} alerts");
        Assert.All(alerts, alert => Assert.Contains($"name: {alert}\n", File.ReadAllText(Cases), StringComparison.Ordinal));
        Assert.All(
            ["summary_ja:", "summary_en:", "remedy_ja:", "remedy_en:"],
            part => Assert.Equal(alerts.Count, rules.Split(part).Length - 1));
    }

    [Fact]
    public async Task Every_figure_that_a_rule_asks_for_is_one_that_the_gateway_tells()
    {
        var told = new HashSet<string>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == GatewayMetrics.MeterName)
            {
                lock (told)
                {
                    told.Add(instrument.Name.Replace('.', '_') + instrument.Unit switch { "s" => "_seconds", "By" => "_bytes", _ => "" } +
                             (instrument is Histogram<double> ? "_bucket" : instrument is Counter<long> ? "_total" : ""));
                }
            }
        };
        listener.Start();
        await using var gateway = await BuiltGateway.StartAsync();
        Assert.All(Figure().Matches(File.ReadAllText(Rules)).Select(match => match.Value).Distinct(), figure => Assert.Contains(figure, told));
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "IoTHealth.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new IOException("the tests do not run inside the repository");
        }

        return folder;
    }

    [GeneratedRegex(@"- alert: (\w+)")]
    private static partial Regex AlertName();

    [GeneratedRegex(@"iothealth_\w+")]
    private static partial Regex Figure();
}
