using System.Text.Json;
using System.Text.Json.Nodes;
using IoTHealth.Simulators.Tests.Fhir;
using IoTHealth.Simulators.Tests.Support;

namespace IoTHealth.Simulators.Tests.Counting;

/// <summary>The report over files, with faults planted in them.</summary>
public sealed class ReportCommandTests : IDisposable
{
    private const string Sent = """
        {"event":"sent","device":"robot-01","serial":"R-0001","seq":1,"ts":"2026-11-24T03:12:00.123+09:00","readings":[{"kind":"heart-rate","value":"58"}]}
        {"event":"acked","seq":1}
        {"event":"dropped","seq":2}
        {"event":"corrupted","seq":3}
        {"event":"sent","device":"robot-01","serial":"R-0001","seq":4,"ts":"2026-11-24T03:12:01.000+09:00","readings":[{"kind":"heart-rate","value":"absent"},{"kind":"bed-presence","value":"out-of-bed"}]}
        {"event":"acked","seq":4}
        {"event":"sent","device":"robot-01","serial":"R-0001","seq":5,"ts":"2026-11-24T03:12:02.000+09:00","readings":[{"kind":"heart-rate","value":"60"}]}

        """;

    private readonly TestFolder _folder = new();
    private readonly List<string> _stored = [];

    public ReportCommandTests()
    {
        _folder.Write("robot-01.sent.jsonl", Sent);
        Store("Device", "d1", Resources.Device);
        Store("Device", "d2", Resources.Device.Replace("R-0001", "R-0002", StringComparison.Ordinal));
        Store("Observation", "o1", Heart());
        Store("Observation", "o2", Heart(o =>
        {
            o.Remove("valueQuantity");
            o["effectiveDateTime"] = "2026-11-23T18:12:01.000Z";
            o["dataAbsentReason"] = JsonNode.Parse("""{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/data-absent-reason","code":"not-performed"}]}""");
        }));
        Store("Observation", "o3", Heart(o =>
        {
            o.Remove("valueQuantity");
            o["effectiveDateTime"] = "2026-11-23T18:12:01Z";
            o["code"] = JsonNode.Parse("""{"coding":[{"system":"urn:iothealth:sign","code":"bed-presence"}]}""");
            o["valueCodeableConcept"] = JsonNode.Parse("""{"coding":[{"system":"urn:iothealth:bed-presence","code":"out-of-bed"}]}""");
        }));
    }

    [Fact]
    public Task All_there() => ExpectAsync(0, 0, 0);

    [Fact]
    public Task A_lost_observation()
    {
        _stored.RemoveAt(2);
        return ExpectAsync(1, 0, 0);
    }

    [Fact]
    public Task A_second_observation_of_the_same_reading()
    {
        Store("Observation", "o9", Heart());
        return ExpectAsync(0, 1, 0);
    }

    [Fact]
    public Task A_second_version_is_no_second_observation()
    {
        Store("Observation", "o1", Heart(o => o["status"] = "amended"), version: 2);
        return ExpectAsync(0, 0, 0);
    }

    [Fact]
    public Task An_observation_withdrawn_is_missing()
    {
        Store("Observation", "o1", Heart(o => o["status"] = "entered-in-error"), version: 2);
        return ExpectAsync(1, 0, 0);
    }

    [Fact]
    public Task An_observation_withdrawn_and_made_again_is_there()
    {
        Store("Observation", "o1", Heart(o => o["status"] = "entered-in-error"), version: 2);
        Store("Observation", "o9", Heart());
        return ExpectAsync(0, 0, 0);
    }

    [Fact]
    public Task A_number_with_another_scale_is_the_same() => AlteredAsync(0, o => o["valueQuantity"]!["value"] = JsonNode.Parse("58.0"));

    [Fact]
    public Task An_altered_value() => AlteredAsync(1, o => o["valueQuantity"]!["value"] = 59);

    [Fact]
    public Task An_altered_unit() => AlteredAsync(1, o => o["valueQuantity"]!["code"] = "/h");

    [Fact]
    public Task A_limit_for_a_value() => AlteredAsync(1, o => o["valueQuantity"]!["comparator"] = "<");

    [Fact]
    public Task A_shifted_instant() => AlteredAsync(1, o => o["effectiveDateTime"] = "2026-11-23T18:12:00.124Z");

    [Fact]
    public Task An_instant_that_lost_its_milliseconds() => AlteredAsync(1, o => o["effectiveDateTime"] = "2026-11-23T18:12:00Z");

    [Fact]
    public Task The_wrong_device() => AlteredAsync(1, o => o["device"]!["reference"] = "Device/d2");

    [Fact]
    public Task No_device() => AlteredAsync(1, o => o.Remove("device"));

    [Fact]
    public Task An_absence_for_a_value() => AlteredAsync(1, o => o["dataAbsentReason"] = JsonNode.Parse("""{"text":"?"}"""));

    [Fact]
    public Task Codes_that_contradict_each_other() => AlteredAsync(1, o => o["code"]!["coding"]![1]!["code"] = "respiration-rate");

    [Fact]
    public Task The_LOINC_code_alone_tells_the_kind() => AlteredAsync(0, o => o["code"]!["coding"]!.AsArray().RemoveAt(1));

    [Fact]
    public async Task Json_says_the_same()
    {
        _stored.RemoveAt(2);
        var (code, output, _) = await ReportAsync("--json");
        var report = JsonDocument.Parse(output).RootElement;
        Assert.Equal((1, 1, 0, 0), (code, report.GetProperty("missing").GetInt32(), report.GetProperty("duplicated").GetInt32(), report.GetProperty("foreign").GetInt32()));
    }

    [Theory]
    [InlineData("robot-02.sent.jsonl", "{\"event\":\"acked\",\"seq\":9}\n", "robot-02.sent.jsonl, line 1")]
    [InlineData("robot-02.sent.jsonl", "{\"event\":\n{}\n", "robot-02.sent.jsonl, line 1")]
    public async Task A_file_that_contradicts_itself_is_refused(string name, string text, string said)
    {
        _folder.Write(name, text);
        var (code, _, error) = await ReportAsync();
        Assert.Equal(2, code);
        Assert.Contains(said, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Counting_nothing_proves_nothing()
    {
        _folder.Write("robot-01.sent.jsonl", "");
        Assert.Equal(2, (await ReportAsync()).Code);
        File.Delete(_folder["robot-01.sent.jsonl"]);
        Assert.Equal(2, (await ReportAsync()).Code);
    }

    public void Dispose() => _folder.Dispose();

    private static string Heart(Action<JsonObject>? change = null)
    {
        var observation = JsonNode.Parse(Resources.HeartRate("a", subject: "Patient/p", device: "Device/d1"))!.AsObject();
        change?.Invoke(observation);
        return observation.ToJsonString();
    }

    private void Store(string type, string id, string resource, int version = 1) => _stored.Add(
        $$"""{"at":"2026-11-24T00:00:00.000Z","method":"create","type":"{{type}}","id":"{{id}}","version":{{version}},"resource":{{resource}}}""");

    private Task AlteredAsync(int times, Action<JsonObject> change)
    {
        _stored.RemoveAt(2);
        Store("Observation", "o1", Heart(change));
        return ExpectAsync(times, 0, times);
    }

    private async Task ExpectAsync(int missing, int duplicated, int foreign)
    {
        var (code, output, error) = await ReportAsync();
        Assert.True(output.TrimEnd().EndsWith($"missing {missing}, duplicated {duplicated}, foreign {foreign}", StringComparison.Ordinal), output + error);
        Assert.Equal(missing + duplicated + foreign == 0 ? 0 : 1, code);
    }

    private Task<(int Code, string Output, string Error)> ReportAsync(params string[] more)
    {
        _folder.Write("fhir.jsonl", string.Concat(_stored.Select(line => line + "\n")) + "{\"torn");
        return RunningCommand.RunAsync(["report", "--sent", _folder.Path, "--fhir", _folder.Path, .. more]);
    }
}
