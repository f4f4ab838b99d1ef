using System.Text.Json.Nodes;
using IoTHealth.Simulators.Tests.Fhir;
using IoTHealth.Simulators.Tests.Support;

namespace IoTHealth.Simulators.Tests.Counting;

/// <summary>The report over a meter's account, with faults planted in what the platform got.</summary>
public sealed class MeterReportTests : IDisposable
{
    private const string Account = """
        {"event":"memory","serial":"C-0001","index":1,"time":"2026-11-23T07:12:00","kind":"glucose","value":"133","unit":"mg/dL","outOfRange":null,"control":false}
        {"event":"memory","serial":"C-0001","index":2,"time":"2026-11-23T07:12:00","kind":"glucose","value":"135","unit":"mg/dL","outOfRange":null,"control":false}
        {"event":"memory","serial":"C-0001","index":3,"time":"2026-11-23T08:40:00","kind":"glucose","value":"601","unit":"mg/dL","outOfRange":"high","control":false}
        {"event":"memory","serial":"C-0001","index":4,"time":"2026-11-23T11:50:00","kind":"glucose","value":"9","unit":"mg/dL","outOfRange":"low","control":false}
        {"event":"memory","serial":"C-0001","index":5,"time":"2026-11-23T12:00:00","kind":"glucose","value":"120","unit":"mg/dL","outOfRange":null,"control":true}
        {"event":"memory","serial":"C-0001","index":6,"time":"2026-11-23T13:00:00","kind":"glucose","value":"180","unit":"mg/dL","outOfRange":null,"control":false}
        {"event":"acked","index":1,"upload":1}
        {"event":"acked","index":2,"upload":1}
        {"event":"acked","index":1,"upload":2}
        {"event":"acked","index":2,"upload":2}
        {"event":"acked","index":3,"upload":2}
        {"event":"acked","index":4,"upload":2}
        {"event":"acked","index":5,"upload":2}

        """;

    private const string Molar = """
        {"event":"memory","serial":"C-0002","index":1,"time":"2026-11-23T07:12:00","kind":"glucose","value":"7.4","unit":"mmol/L","outOfRange":null,"control":false}
        {"event":"memory","serial":"C-0002","index":2,"time":"2026-11-23T07:15:00","kind":"glucose","value":"33.4","unit":"mmol/L","outOfRange":"high","control":false}
        {"event":"acked","index":1,"upload":1}
        {"event":"acked","index":2,"upload":1}
        {"event":"uploaded","upload":1}

        """;

    private readonly TestFolder _folder = new();
    private readonly List<JsonObject> _stored =
    [
        Glucose("133", "2026-11-22T22:12:00.000Z"),
        Glucose("135", "2026-11-22T22:12:00Z"),
        Glucose("600", "2026-11-22T23:40:00Z", comparator: ">"),
        Glucose("9", "2026-11-23T02:50:00Z", comparator: "<"),
        Glucose("7.4", "2026-11-22T22:12:00Z", "mmol/L", "15074-8", device: "d2"),
        Glucose("33.4", "2026-11-22T22:15:00Z", "mmol/L", "15074-8", ">", "d2"),
    ];

    public MeterReportTests()
    {
        _folder.Write("C-0001.meter.jsonl", Account);
        _folder.Write("C-0002.meter.jsonl", Molar);
    }

    [Fact]
    public Task All_there_told_by_limit_or_by_number() => ExpectAsync(0, 0, 0);

    [Fact]
    public Task What_was_not_acknowledged_may_be_there()
    {
        _stored.Add(Glucose("180", "2026-11-23T04:00:00Z"));
        return ExpectAsync(0, 0, 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public Task A_lost_result(int which)
    {
        _stored.RemoveAt(which);
        return ExpectAsync(1, 0, 0);
    }

    [Fact]
    public Task A_result_taken_twice_from_two_uploads()
    {
        _stored.Add(Glucose("133", "2026-11-22T22:12:00Z"));
        return ExpectAsync(0, 1, 0);
    }

    [Fact]
    public Task A_limit_told_twice_in_two_ways()
    {
        _stored.Add(Glucose("601", "2026-11-22T23:40:00Z", comparator: ">"));
        return ExpectAsync(0, 1, 0);
    }

    [Fact]
    public Task A_control_result_as_a_persons()
    {
        _stored.Add(Glucose("120", "2026-11-23T03:00:00Z"));
        return ExpectAsync(0, 0, 1);
    }

    [Fact]
    public Task A_number_beyond_the_limit_without_its_comparator() => AlteredAsync(2, o =>
    {
        o["valueQuantity"]!["value"] = 601;
        o["valueQuantity"]!.AsObject().Remove("comparator");
    });

    [Fact]
    public Task The_wrong_side_of_a_limit() => AlteredAsync(2, o => o["valueQuantity"]!["comparator"] = "<");

    [Fact]
    public Task Another_limit() => AlteredAsync(2, o => o["valueQuantity"]!["value"] = 602);

    [Fact]
    public Task An_altered_value() => AlteredAsync(0, o => o["valueQuantity"]!["value"] = 134);

    [Fact]
    public Task An_altered_unit() => AlteredAsync(0, o => o["valueQuantity"]!["code"] = "mmol/L");

    [Fact]
    public Task A_mass_code_for_a_molar_value() => AlteredAsync(4, o => o["code"]!["coding"]![0]!["code"] = "2339-0");

    [Fact]
    public Task Local_time_taken_for_universal() => AlteredAsync(0, o => o["effectiveDateTime"] = "2026-11-23T07:12:00Z");

    [Fact]
    public Task The_wrong_device() => AlteredAsync(4, o => o["device"]!["reference"] = "Device/d1");

    [Fact]
    public Task The_sign_alone_tells_the_kind()
    {
        _stored[0]["code"]!["coding"]!.AsArray().RemoveAt(0);
        return ExpectAsync(0, 0, 0);
    }

    [Fact]
    public Task The_LOINC_code_alone_tells_the_kind()
    {
        _stored[4]["code"]!["coding"]!.AsArray().RemoveAt(1);
        return ExpectAsync(0, 0, 0);
    }

    [Fact]
    public async Task In_another_zone_all_is_elsewhere()
    {
        var (code, output, _) = await ReportAsync("--meters", "--zone", "Europe/Berlin");
        Assert.Equal(1, code);
        Assert.EndsWith("missing 6, duplicated 0, foreign 6", output.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Robots_are_counted_too()
    {
        _folder.Write("robot-01.sent.jsonl", """
            {"event":"sent","device":"robot-01","serial":"R-0001","seq":1,"ts":"2026-11-24T03:12:00.123+09:00","readings":[{"kind":"heart-rate","value":"58"}]}
            {"event":"acked","seq":1}

            """);
        await ExpectAsync(1, 0, 0);
        _stored.Add(JsonNode.Parse(Resources.HeartRate("a", subject: "Patient/p", device: "Device/d0"))!.AsObject());
        await ExpectAsync(0, 0, 0);
    }

    [Fact]
    public async Task Without_the_option_a_meters_results_are_foreign()
    {
        _folder.Write("robot-01.sent.jsonl", """
            {"event":"sent","device":"robot-01","serial":"R-0001","seq":1,"ts":"2026-11-24T03:12:00.123+09:00","readings":[{"kind":"heart-rate","value":"58"}]}
            {"event":"acked","seq":1}

            """);
        var (code, output, _) = await ReportAsync();
        Assert.Equal(1, code);
        Assert.EndsWith("missing 1, duplicated 0, foreign 6", output.TrimEnd(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"event\":\"acked\",\"index\":1,\"upload\":1}\n", "C-0003.meter.jsonl, line 1")]
    [InlineData("{\"event\":\n", "C-0003.meter.jsonl, line 1")]
    public async Task A_file_that_contradicts_itself_is_refused(string text, string said)
    {
        _folder.Write("C-0003.meter.jsonl", text);
        var (code, _, error) = await ReportAsync("--meters");
        Assert.Equal(2, code);
        Assert.Contains(said, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Counting_nothing_proves_nothing()
    {
        _folder.Write("C-0001.meter.jsonl", Account[..Account.IndexOf("{\"event\":\"acked\"", StringComparison.Ordinal)]);
        File.Delete(_folder["C-0002.meter.jsonl"]);
        Assert.Equal(2, (await ReportAsync("--meters")).Code);
        File.Delete(_folder["C-0001.meter.jsonl"]);
        Assert.Equal(2, (await ReportAsync("--meters")).Code);
    }

    public void Dispose() => _folder.Dispose();

    private static JsonObject Glucose(
        string value, string instant, string unit = "mg/dL", string loinc = "2339-0", string? comparator = null, string device = "d1") => JsonNode.Parse($$$"""
        {"resourceType":"Observation","status":"final",
         "code":{"coding":[{"system":"http://loinc.org","code":"{{{loinc}}}"},{"system":"urn:iothealth:sign","code":"glucose"}]},
         "device":{"reference":"Device/{{{device}}}"},"effectiveDateTime":"{{{instant}}}",
         "valueQuantity":{{{{(comparator is null ? "" : $"\"comparator\":\"{comparator}\",")}}}"value":{{{value}}},"unit":"{{{unit}}}","system":"http://unitsofmeasure.org","code":"{{{unit}}}"}}
        """)!.AsObject();

    private Task AlteredAsync(int which, Action<JsonObject> change)
    {
        change(_stored[which]);
        return ExpectAsync(1, 0, 1);
    }

    private async Task ExpectAsync(int missing, int duplicated, int foreign)
    {
        var (code, output, error) = await ReportAsync("--meters");
        Assert.True(output.TrimEnd().EndsWith($"missing {missing}, duplicated {duplicated}, foreign {foreign}", StringComparison.Ordinal), output + error);
        Assert.Equal(missing + duplicated + foreign == 0 ? 0 : 1, code);
    }

    private Task<(int Code, string Output, string Error)> ReportAsync(params string[] more)
    {
        string[] serials = ["R-0001", "C-0001", "C-0002"];
        _folder.Write("fhir.jsonl", string.Concat(
        [
            .. serials.Select((serial, n) => Line("Device", $"d{n}", Resources.Device.Replace("R-0001", serial, StringComparison.Ordinal))),
            .. _stored.Select((observation, n) => Line("Observation", $"o{n}", observation.ToJsonString())),
        ]));
        return RunningCommand.RunAsync(["report", "--sent", _folder.Path, "--fhir", _folder.Path, .. more]);
    }

    private static string Line(string type, string id, string resource) =>
        $$"""{"at":"2026-11-24T00:00:00.000Z","method":"create","type":"{{type}}","id":"{{id}}","version":1,"resource":{{resource}}}""".ReplaceLineEndings(" ") + "\n";
}
