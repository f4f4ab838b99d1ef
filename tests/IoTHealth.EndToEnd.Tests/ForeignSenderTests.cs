using System.Globalization;
using System.Text.Json.Nodes;
using IoTHealth.Demo.Facilities;
using IoTHealth.EndToEnd.Tests.Harness;
using IoTHealth.Testing;

namespace IoTHealth.EndToEnd.Tests;

/// <summary>A sender that is not ours, Debian's python3-hl7, tells a pacemaker's report; it arrives as FHIR, and a broken one does not.</summary>
public sealed class ForeignSenderTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task An_oru_by_mllp_send_gets_aa_and_arrives_as_fhir_and_a_broken_one_gets_its_reason_and_waits_in_quarantine()
    {
        var sender = Require.Program("mllp_send");
        _ = Require.Program("dbus-daemon");
        await using var test = await TestStack.StartAsync(options => options with { Robots = 1, Bedside = true });
        var stack = test.Stack;
        var pacemaker = stack.Facility.Bedside.Single(device => device.Profile == BedsideDevice.Pacemaker);
        var file = stack.Folder.File("messages.mllp");
        await File.WriteAllTextAsync(
            file,
            string.Concat(new[] { Report(pacemaker, "GOOD", "2.79"), Report(pacemaker with { Serial = "P-0009" }, "BAD", "2.79"), "MSH|^~\\&|X\r" }
                .Select(message => $"\u000B{message}\u001C\r")),
            TestContext.Current.CancellationToken);
        var port = stack.Facility.Ports.Mllp.ToString(CultureInfo.InvariantCulture);
        var run = await CommandRun.OfAsync(sender, ["-f", file, "-p", port, "127.0.0.1"], Patience);
        Assert.Contains("MSA|AA|GOOD\r", run.Output, StringComparison.Ordinal);
        Assert.Contains("MSA|AE|BAD|no device of this model and serial number is registered\r", run.Output, StringComparison.Ordinal);
        Assert.Contains("MSA|AR|", run.Output, StringComparison.Ordinal);

        await stack.DrainAsync(Patience);
        var battery = Assert.Single(JsonLines.Read(stack.Folder.FhirFile), line => (string?)line["type"] == "Observation")["resource"]!;
        Assert.Equal("2026-11-23T22:30:00.000Z", (string?)battery["effectiveDateTime"]);
        Assert.Equal("2.79", battery["component"]!.AsArray().Single(part => part!["valueQuantity"] is not null)!["valueQuantity"]!["value"]!.ToJsonString());
        Assert.Contains(battery["component"]!.AsArray(), part => part!.ToJsonString().Contains("\"middle-of-service\"", StringComparison.Ordinal));
        var quarantine = await stack.EdgeApi.GetAsync<JsonArray>("quarantine", TestContext.Current.CancellationToken);
        Assert.Equal(2, quarantine.Count);
        Assert.All(quarantine, kept => Assert.StartsWith("MSH|", (string)kept!["text"]!, StringComparison.Ordinal));
    }

    private static string Report(BedsideDevice device, string control, string voltage) => string.Join('\r',
        $"MSH|^~\\&|TRANSMITTER|HOME|EDGE|WARD|20261124080000+0900||ORU^R01^ORU_R01|{control}|P|2.6",
        $"PID|||model:{device.Model}/serial:{device.Serial}^^^MFR^U",
        "OBR|1|||754051^REMOTE FOLLOW-UP^MDC|||20261124080000+0900",
        "OBX|1|CWE|721280^MDC_IDC_MSMT_BATTERY_STATUS^MDC||754114^MOS^MDC||||||F|||20261124073000+0900",
        $"OBX|2|NM|721344^MDC_IDC_MSMT_BATTERY_VOLTAGE^MDC||{voltage}|V|||||F|||20261124073000+0900",
        "");
}
