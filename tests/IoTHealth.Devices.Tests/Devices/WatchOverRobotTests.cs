using System.Text;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Tests.Devices;

public sealed class WatchOverRobotTests
{
    private static readonly IMqttDriver Robot = DriverCatalog.Load().Mqtt["watch-over-robot"];

    public static TheoryData<string> Cases => [.. DriverCase.All("watch-over-robot.cases.jsonl").Select(one => one.Case)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Payloads_are_read(string name)
    {
        var one = DriverCase.All("watch-over-robot.cases.jsonl").Single(c => c.Case == name);
        var upload = DriverCase.Read(Robot, one.Payload);
        Assert.Equal(one.Reads, upload.Measurements.Select(DriverCase.Show));
        Assert.Equal(one.Refuses.Count, upload.Refusals.Count);
        Assert.All(one.Refuses.Zip(upload.Refusals), pair => Assert.Contains(pair.First, pair.Second.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public void It_promises_what_its_protocol_can_keep()
    {
        Assert.Equal(("watch-over-robot/1", GuaranteeClass.Acknowledged), (Robot.Name, Robot.Guarantee));
        Assert.Equal(["watchover/robot-01/readings"], Robot.Topics("robot-01"));
    }

    [Fact]
    public void Codes_are_of_the_catalogue_s_systems()
    {
        var value = DriverCase.Read(Robot, """{"seq":1,"ts":"2026-11-24T03:12:00Z","event":"fall"}""").Measurements.Single().Components.Single().Value;
        Assert.Equal(new MeasuredValue.Coded("urn:iothealth:fall", "detected"), value);
    }

    /// <summary>A robot sends the same bytes again; another firmware may space and order them otherwise.</summary>
    [Theory]
    [InlineData("""{"seq":4711,"ts":"2026-11-24T03:12:00.123+09:00","hr":58}""")]
    [InlineData("""{ "hr" : 58,   "ts" : "2026-11-24T03:12:00.123+09:00", "seq" : 4711 }""")]
    [InlineData("[\n{\t\"hr\":0,\"seq\":4711,\n\"ts\":\"2026-11-24T03:12:00.123+09:00\",\"rr\":14,\"x\":[1]}]")]
    public void Only_time_and_sequence_make_the_id(string payload)
    {
        var heartRate = DriverCase.Read(Robot, payload).Measurements.Single(m => m.Kind == "heart-rate");
        Assert.Equal("ts=\"2026-11-24T03:12:00.123+09:00\"\nseq=4711\n", Encoding.UTF8.GetString(heartRate.Stable.AsSpan()));
        Assert.Equal(0, heartRate.Occurrence);
    }

    [Fact]
    public void A_repeated_upload_has_the_same_identities()
    {
        var payload = """[{"seq":1,"ts":"2026-11-24T03:12:00Z","hr":58},{"seq":1,"ts":"2026-11-24T03:12:00Z","hr":58}]""";
        Assert.Equal(Identities(payload), Identities(payload));
        Assert.Equal(2, Identities(payload).Distinct().Count());
    }

    [Fact]
    public void Refusals_hold_the_very_bytes()
    {
        byte[] good = [.. """{"seq":1,"ts":"2026-11-24T03:12:00Z","hr":58}"""u8];
        byte[] bad = [.. "{\"seq\":2,\"ts\":\""u8, 0xFF, 0xC3, .. "\",  \"hr\":58}"u8];
        byte[] payload = [.. "[ "u8, .. good, .. " , "u8, .. bad, .. "]"u8];
        var upload = DriverCase.Read(Robot, payload);
        Assert.Equal("heart-rate=58 /min", DriverCase.Show(Assert.Single(upload.Measurements)));
        Assert.Equal(bad, Assert.Single(upload.Refusals).Raw.ToArray());
        Assert.Equal(good, upload.Measurements[0].Raw.ToArray());
    }

    [Fact]
    public void A_flood_of_refusals_is_kept_once_and_takes_no_reading_with_it()
    {
        var payload = "[" + string.Concat(Enumerable.Repeat("1,", 5_000)) + """{"seq":1,"ts":"2026-11-24T03:12:00Z","hr":58}]""";
        var upload = DriverCase.Read(Robot, Encoding.UTF8.GetBytes(payload));
        Assert.Single(upload.Measurements);
        var refusal = Assert.Single(upload.Refusals);
        Assert.StartsWith("5000 parts are refused", refusal.Reason, StringComparison.Ordinal);
        Assert.Equal(payload, Encoding.UTF8.GetString(refusal.Raw.Span));
    }

    private static IEnumerable<string> Identities(string payload) => DriverCase.Read(Robot, payload).Measurements
        .Select(m => MeasurementId.Of(new DeviceId("d"), m.Kind, m.Stable.AsSpan(), m.Occurrence).ToString());
}
