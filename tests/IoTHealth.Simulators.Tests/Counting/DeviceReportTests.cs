using System.Text.Json;
using System.Text.Json.Nodes;
using IoTHealth.Simulators.Tests.Fhir;
using IoTHealth.Simulators.Tests.Support;

namespace IoTHealth.Simulators.Tests.Counting;

/// <summary>The report over the accounts of a transmitter and two cuffs, with faults planted in what the platform got.</summary>
public sealed class DeviceReportTests : IDisposable
{
    private const string Transmitter = """
        {"event":"measured","serial":"P-0001","index":1,"guarantee":"acknowledged","kind":"implant-battery","time":"2026-11-24T07:12:00+09:00","values":{"battery-status":"mos","battery-voltage":"2.80 V","battery-longevity":"62 mo"}}
        {"event":"measured","serial":"P-0001","index":2,"guarantee":"acknowledged","kind":"implant-therapy","time":"2026-11-24T07:12:30+09:00","values":{"shocks-recent":"1 1","shocks-total":"4 1"}}
        {"event":"measured","serial":"P-0001","index":3,"guarantee":"acknowledged","kind":"implant-battery","time":"2026-11-24T07:13:00+09:00","values":{"battery-status":"mos","battery-voltage":"2.79 V","battery-longevity":"61 mo"}}
        {"event":"measured","serial":"P-0001","index":4,"guarantee":"acknowledged","kind":"implant-battery","time":"2026-11-24T07:14:00+09:00","values":{"battery-status":"mos","battery-voltage":"2.78 V","battery-longevity":"60 mo"}}
        {"event":"sent","index":1}
        {"event":"sent","index":2}
        {"event":"acked","index":1}
        {"event":"acked","index":2}
        {"event":"sent","index":1}
        {"event":"acked","index":1}
        {"event":"sent","index":3}

        """;

    private const string Cuff = """
        {"event":"measured","serial":"B-0001","index":1,"guarantee":"detect-only","kind":"blood-pressure","time":"2026-11-24T07:12:00","values":{"systolic":"128 mm[Hg]","diastolic":"78 mm[Hg]","mean-pressure":"absent","pulse-rate":"66 /min"}}
        {"event":"measured","serial":"B-0001","index":2,"guarantee":"detect-only","kind":"blood-pressure","time":"2026-11-24T19:12:00","values":{"systolic":"17.1 kPa","diastolic":"10.40 kPa","pulse-rate":"66.5 /min"}}
        {"event":"measured","serial":"B-0001","index":3,"guarantee":"detect-only","kind":"blood-pressure","time":"2026-11-24T19:14:00","values":{"systolic":"130 mm[Hg]","diastolic":"80 mm[Hg]"}}
        {"event":"sent","index":1}
        {"event":"sent","index":2}

        """;

    private const string UnsetCuff = """
        {"event":"measured","serial":"B-0002","index":1,"guarantee":"detect-only","kind":"blood-pressure","time":"2000-01-01T00:03:00","values":{"systolic":"121 mm[Hg]","diastolic":"70 mm[Hg]"}}
        {"event":"sent","index":1}

        """;

    private readonly TestFolder _folder = new();
    private readonly List<JsonObject> _stored =
    [
        Implant("implant-battery", "2026-11-23T22:12:00.000Z", Code("battery-status", "mos"), Number("battery-voltage", "2.80", "V"), Number("battery-longevity", "62", "mo")),
        Implant("implant-therapy", "2026-11-23T22:12:30Z", Number("shocks-total", "4", "1"), Number("shocks-recent", "1", "1")),
        Pressure("2026-11-23T22:12:00Z", Number("systolic", "128", "mm[Hg]", "8480-6"), Number("diastolic", "78", "mm[Hg]", "8462-4"), Absent("mean-pressure", "8478-0"), Number("pulse-rate", "66", "/min", "8867-4")),
        Pressure("2026-11-24T10:12:00Z", Number("systolic", "128.3", "mm[Hg]", "8480-6"), Number("diastolic", "78.0", "mm[Hg]", "8462-4"), Number("pulse-rate", "66.5", "/min", "8867-4")),
    ];

    public DeviceReportTests()
    {
        _folder.Write("P-0001.device.jsonl", Transmitter);
        _folder.Write("B-0001.device.jsonl", Cuff);
    }

    [Fact]
    public async Task All_there_is_clean_and_the_detect_only_device_is_told_exactly()
    {
        var output = await ExpectAsync(0, 0, 0);
        Assert.Contains("detect-only: B-0001 blood-pressure: measured 3, sent 2, stored 2, lost 0", output, StringComparison.Ordinal);
        Assert.DoesNotContain("detect-only: P-0001", output, StringComparison.Ordinal);
    }

    [Fact]
    public Task What_was_sent_and_not_acknowledged_may_be_there()
    {
        _stored.Add(Implant("implant-battery", "2026-11-23T22:13:00Z", Code("battery-status", "mos"), Number("battery-voltage", "2.79", "V"), Number("battery-longevity", "61", "mo")));
        return ExpectAsync(0, 0, 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public Task An_acknowledged_one_without_Observation_is_missing(int which)
    {
        _stored.RemoveAt(which);
        return ExpectAsync(1, 0, 0);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_detect_only_one_without_Observation_is_lost_and_no_failure(int which)
    {
        _stored.RemoveAt(which);
        var output = await ExpectAsync(0, 0, 0);
        Assert.Contains("measured 3, sent 2, stored 1, lost 1", output, StringComparison.Ordinal);
        Assert.Contains("lost: B-0001 blood-pressure", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public Task A_second_Observation_is_duplicated(int which)
    {
        _stored.Add(_stored[which].DeepClone().AsObject());
        return ExpectAsync(0, 1, 0);
    }

    [Fact]
    public Task A_number_with_another_scale_is_the_same() => UnalteredAsync(0, o => Component(o, 1)["valueQuantity"]!["value"] = JsonNode.Parse("2.8"));

    [Fact]
    public Task Components_have_no_order() => UnalteredAsync(2, o =>
    {
        var components = o["component"]!.AsArray();
        var first = components[0]!;
        components.RemoveAt(0);
        components.Add(first);
    });

    [Fact]
    public Task What_the_device_called_a_code_may_stand_beside_it() =>
        UnalteredAsync(0, o => Component(o, 0)["valueCodeableConcept"]!["coding"]!.AsArray().Add(JsonNode.Parse("""{"system":"urn:iso:std:iso:11073:10101","code":"754114"}""")));

    [Fact]
    public Task LOINC_codes_alone_tell_panel_and_pressures() => UnalteredAsync(3, o =>
    {
        o["code"]!["coding"]!.AsArray().RemoveAt(1);
        Component(o, 0)["code"]!["coding"]!.AsArray().RemoveAt(1);
        Component(o, 1)["code"]!["coding"]!.AsArray().RemoveAt(1);
    });

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(2, 3)]
    [InlineData(3, 0)]
    public Task An_altered_component(int which, int component) =>
        AlteredAsync(which, o => Component(o, component)["valueQuantity"]!["value"] = Component(o, component)["valueQuantity"]!["value"]!.GetValue<decimal>() + 0.1m);

    [Fact]
    public Task An_altered_code() => AlteredAsync(0, o => Component(o, 0)["valueCodeableConcept"]!["coding"]![0]!["code"] = "rrt");

    [Fact]
    public Task An_altered_unit() => AlteredAsync(2, o => Component(o, 3)["valueQuantity"]!["code"] = "1");

    [Fact]
    public Task Two_signs_exchanged() => AlteredAsync(1, o =>
    {
        Component(o, 0)["code"]!["coding"]![0]!["code"] = "shocks-recent";
        Component(o, 1)["code"]!["coding"]![0]!["code"] = "shocks-total";
    });

    [Fact]
    public Task A_lost_component() => AlteredAsync(2, o => o["component"]!.AsArray().RemoveAt(2));

    [Fact]
    public Task A_component_twice() => AlteredAsync(0, o => o["component"]!.AsArray().Add(Component(o, 0).DeepClone()));

    [Fact]
    public Task A_component_nobody_measured() => AlteredAsync(1, o => o["component"]!.AsArray().Add(Number("atp-total", "0", "1")));

    [Fact]
    public Task A_value_for_an_absence() => AlteredAsync(2, o =>
    {
        Component(o, 2).Remove("dataAbsentReason");
        Component(o, 2)["valueQuantity"] = JsonNode.Parse("""{"value":90,"code":"mm[Hg]"}""");
    });

    [Fact]
    public Task Kilopascal_told_as_such() => AlteredAsync(3, o =>
    {
        Component(o, 0)["valueQuantity"]!["value"] = 17.1m;
        Component(o, 0)["valueQuantity"]!["code"] = "kPa";
    });

    [Theory]
    [InlineData("128.26")]
    [InlineData("128.2")]
    [InlineData("128")]
    public Task A_conversion_rounded_otherwise(string number) => AlteredAsync(3, o => Component(o, 0)["valueQuantity"]!["value"] = JsonNode.Parse(number));

    [Theory]
    [InlineData(0, "2026-11-23T22:12:01.000Z")]
    [InlineData(1, "2026-11-23T22:12:31Z")]
    [InlineData(2, "2026-11-23T22:12:01Z")]
    [InlineData(2, "2026-11-24T07:12:00Z")]
    public Task Another_instant(int which, string instant) => AlteredAsync(which, o => o["effectiveDateTime"] = instant);

    [Theory]
    [InlineData(0, "B-0001")]
    [InlineData(2, "B-0002")]
    public Task Another_device(int which, string serial) => AlteredAsync(which, o => o["device"]!["reference"] = "Device/" + serial);

    [Fact]
    public Task Another_kind() => AlteredAsync(0, o => o["code"]!["coding"]![0]!["code"] = "implant-lead-ra");

    [Fact]
    public Task Codes_that_contradict_each_other() => AlteredAsync(3, o => Component(o, 0)["code"]!["coding"]![0]!["code"] = "8462-4");

    [Fact]
    public async Task A_reading_of_an_unset_clock_is_itself_at_whatever_instant_but_once_and_with_its_values()
    {
        _folder.Write("B-0002.device.jsonl", UnsetCuff);
        Assert.Contains("B-0002 blood-pressure: measured 1, sent 1, stored 0, lost 1", await ExpectAsync(0, 0, 0), StringComparison.Ordinal);
        _stored.Add(Pressure("2026-11-24T11:12:13.456Z", Number("systolic", "121", "mm[Hg]", "8480-6"), Number("diastolic", "70", "mm[Hg]", "8462-4")));
        _stored[^1]["device"]!["reference"] = "Device/B-0002";
        Assert.Contains("B-0002 blood-pressure: measured 1, sent 1, stored 1, lost 0", await ExpectAsync(0, 0, 0), StringComparison.Ordinal);
        _stored.Add(_stored[^1].DeepClone().AsObject());
        _stored[^1]["effectiveDateTime"] = "2026-11-24T11:12:14Z";
        await ExpectAsync(0, 1, 0);
        Component(_stored[^1], 0)["valueQuantity"]!["value"] = 122;
        await ExpectAsync(0, 0, 1);
    }

    [Fact]
    public async Task Json_says_the_same()
    {
        _stored.RemoveAt(3);
        var (code, output, _) = await ReportAsync("--json");
        var report = JsonDocument.Parse(output).RootElement;
        Assert.Equal((0, 0, 1, 7, 5), (code, Count(report, "missing"), Count(report, "lost"), Count(report, "measured"), Count(report, "sent")));
        var cuff = report.GetProperty("rows").EnumerateArray().Single(row => row.GetProperty("guarantee").GetString() == "detect-only");
        Assert.Equal((3, 2, 1, 1), (Count(cuff, "measured"), Count(cuff, "sent"), Count(cuff, "found"), Count(cuff, "lost")));

        static int Count(JsonElement parent, string name) => parent.GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task Counting_nothing_proves_nothing()
    {
        File.Delete(_folder["P-0001.device.jsonl"]);
        _stored.RemoveRange(0, 2);
        await ExpectAsync(0, 0, 0);
        _stored.Clear();
        Assert.Equal(2, (await ReportAsync()).Code);
        File.Delete(_folder["B-0001.device.jsonl"]);
        Assert.Equal(2, (await ReportAsync()).Code);
    }

    [Theory]
    [InlineData("{\"event\":\"acked\",\"index\":1}\n", "line 1: measurement 1 is acked and was not measured")]
    [InlineData("{\"event\":\"sent\",\"index\":1}\n", "line 1: measurement 1 is sent and was not measured")]
    [InlineData(UnsetCuff + UnsetCuff, "line 3: measurement 1 is measured for the second time")]
    [InlineData(UnsetCuff + "{\"event\":\"acked\",\"index\":1}\n", "line 3: measurement 1 is acknowledged to a device nobody confirms to")]
    [InlineData(UnsetCuff + "{\"event\":\"eaten\",\"index\":1}\n", "unknown event 'eaten'")]
    [InlineData("{\"event\":\n", "line 1")]
    public async Task A_file_that_contradicts_itself_is_refused(string text, string said)
    {
        _folder.Write("B-0009.device.jsonl", text);
        var (code, _, error) = await ReportAsync();
        Assert.Equal(2, code);
        Assert.Contains(said, error, StringComparison.Ordinal);
        Assert.Contains("B-0009.device.jsonl", error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static JsonObject Component(JsonObject observation, int which) => observation["component"]![which]!.AsObject();

    private static JsonNode Number(string sign, string value, string unit, string? loinc = null) =>
        Part(sign, loinc, $$$$"""{"valueQuantity":{"value":{{{{value}}}},"unit":"{{{{unit}}}}","system":"http://unitsofmeasure.org","code":"{{{{unit}}}}"}}""");

    private static JsonNode Code(string sign, string code) =>
        Part(sign, null, $$$"""{"valueCodeableConcept":{"coding":[{"system":"urn:iothealth:{{{sign}}}","code":"{{{code}}}"}]}}""");

    private static JsonNode Absent(string sign, string loinc) => Part(
        sign, loinc, """{"dataAbsentReason":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/data-absent-reason","code":"not-a-number"}]}}""");

    private static JsonNode Part(string sign, string? loinc, string value)
    {
        var part = JsonNode.Parse(value)!;
        part["code"] = Concept(sign, loinc);
        return part;
    }

    private static JsonObject Concept(string sign, string? loinc)
    {
        var codings = new JsonArray();
        if (loinc is not null)
        {
            codings.Add(new JsonObject { ["system"] = "http://loinc.org", ["code"] = loinc });
        }

        codings.Add(new JsonObject { ["system"] = "urn:iothealth:sign", ["code"] = sign });
        return new JsonObject { ["coding"] = codings };
    }

    private static JsonObject Pressure(string instant, params JsonNode[] components) => Observation("blood-pressure", "85354-9", "B-0001", instant, components);

    private static JsonObject Implant(string kind, string instant, params JsonNode[] components) => Observation(kind, null, "P-0001", instant, components);

    private static JsonObject Observation(string kind, string? loinc, string device, string instant, JsonNode[] components) => new()
    {
        ["resourceType"] = "Observation",
        ["status"] = "final",
        ["code"] = Concept(kind, loinc),
        ["device"] = new JsonObject { ["reference"] = "Device/" + device },
        ["effectiveDateTime"] = instant,
        ["component"] = new JsonArray(components),
    };

    private Task AlteredAsync(int which, Action<JsonObject> change)
    {
        change(_stored[which]);
        return ExpectAsync(which < 2 ? 1 : 0, 0, 1);
    }

    private Task UnalteredAsync(int which, Action<JsonObject> change)
    {
        change(_stored[which]);
        return ExpectAsync(0, 0, 0);
    }

    private async Task<string> ExpectAsync(int missing, int duplicated, int foreign)
    {
        var (code, output, error) = await ReportAsync();
        Assert.True(output.TrimEnd().EndsWith($"missing {missing}, duplicated {duplicated}, foreign {foreign}", StringComparison.Ordinal), output + error);
        Assert.Equal(missing + duplicated + foreign == 0 ? 0 : 1, code);
        return output;
    }

    private Task<(int Code, string Output, string Error)> ReportAsync(params string[] more)
    {
        string[] serials = ["P-0001", "B-0001", "B-0002"];
        _folder.Write("fhir.jsonl", string.Concat(
        [
            .. serials.Select(serial => Line("Device", serial, Resources.Device.Replace("R-0001", serial, StringComparison.Ordinal))),
            .. _stored.Select((observation, n) => Line("Observation", $"o{n}", observation.ToJsonString())),
        ]));
        return RunningCommand.RunAsync(["report", "--sent", _folder.Path, "--fhir", _folder.Path, .. more]);
    }

    private static string Line(string type, string id, string resource) =>
        $$"""{"at":"2026-11-24T00:00:00.000Z","method":"create","type":"{{type}}","id":"{{id}}","version":1,"resource":{{resource}}}""".ReplaceLineEndings(" ") + "\n";
}
