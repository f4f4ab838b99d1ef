using System.Globalization;
using System.Net;
using System.Text;
using IoTHealth.Devices;
using IoTHealth.Edge.Registry;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Tests.Management;

public sealed class MetricsTests
{
    [Fact]
    public async Task What_came_and_what_was_refused_and_where_everything_stands_is_told_to_Prometheus()
    {
        await using var gateway = await BuiltGateway.StartAsync();
        await using var other = await BuiltGateway.StartAsync();
        using (var stranger = gateway.Client())
        {
            Assert.Equal(HttpStatusCode.Unauthorized, (await stranger.GetAsync("/metrics", TestContext.Current.CancellationToken)).StatusCode);
        }

        var device = gateway.Part<DeviceRegistry>().Find("robot-01")!.Context;
        await gateway.Part<IMeasurementSink>().AcceptAsync(
            device,
            new DecodedUpload(
                [
                    Sample.Decoded("heart-rate", new MeasuredValue.Quantity(61, "/min"), 1),
                    Sample.Decoded("heart-rate", new MeasuredValue.Quantity(62, "/min"), 2),
                    Sample.Decoded("heart-rate", new MeasuredValue.Quantity(999, "/min"), 3),
                ],
                [new Refusal("unreadable", Encoding.UTF8.GetBytes("?"))]),
            TestContext.Current.CancellationToken);
        var figures = await FiguresAsync(gateway);
        Assert.Equal(2, figures["iothealth_intake_accepted_total{device=\"robot-01\"}"]);
        Assert.Equal(2, figures["iothealth_intake_refused_total{device=\"robot-01\"}"]);

        // The clock entry of the start may be there already.
        Assert.InRange(figures["iothealth_journal_head"], 2, 3);
        Assert.Equal(0, figures["iothealth_journal_failing"]);
        Assert.Equal(2, figures["iothealth_quarantine_items"]);
        Assert.Equal(0, figures["iothealth_alarms_open"]);
        Assert.Equal(1, figures["iothealth_healthy"]);
        Assert.True(figures["iothealth_reader_behind{reader=\"live\"}"] >= 0);
        Assert.False(figures.ContainsKey("iothealth_reader_behind{reader=\"uplink\"}"), "there is no uplink here");
        Assert.InRange(figures["iothealth_disk_free_bytes"], 1, figures["iothealth_disk_size_bytes"]);
        Assert.InRange(figures["iothealth_journal_size_bytes"], 4_096, 1 << 24);
        Assert.InRange(
            figures["iothealth_certificate_expiry_timestamp_seconds{certificate=\"mqtt\"}"],
            TimeProvider.System.GetUtcNow().AddDays(300).ToUnixTimeSeconds(), TimeProvider.System.GetUtcNow().AddDays(366).ToUnixTimeSeconds());
        Assert.DoesNotContain(await FiguresAsync(other), figure => figure.Key.StartsWith("iothealth_intake", StringComparison.Ordinal));
    }

    /// <summary>Every figure by its name and labels.</summary>
    private static async Task<Dictionary<string, double>> FiguresAsync(BuiltGateway gateway)
    {
        using var client = gateway.SignedInClient();
        var text = await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        return text.Split('\n').Where(line => line.StartsWith("iothealth", StringComparison.Ordinal)).Select(line => line.Split(' '))
            .ToDictionary(parts => parts[0].Replace("{}", "", StringComparison.Ordinal), parts => double.Parse(parts[1], CultureInfo.InvariantCulture));
    }
}
