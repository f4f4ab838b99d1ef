using System.Diagnostics;
using System.Text;
using IoTHealth.Devices.Profiles;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Tests.Devices;

public sealed class ProfileDriverTests(ITestOutputHelper output)
{
    private static readonly MqttProfileDriver Nested = new(SampleProfiles.Nested);

    [Theory]
    [InlineData("""{"meta":{"n":7},"at":1764000000123,"bp":{"sys":118,"dia":76,"pulse":61}}""", "systolic=118 mm[Hg] diastolic=76 mm[Hg] pulse-rate=61 /min")]
    [InlineData("""{"meta":{"n":7},"at":1764000000123,"bp":{"sys":118,"dia":76,"pulse":"--"}}""", "systolic=118 mm[Hg] diastolic=76 mm[Hg] pulse-rate=!error")]
    [InlineData("""{"meta":{"n":7},"at":1764000000123,"bp":{"sys":118}}""", "systolic=118 mm[Hg]")]
    [InlineData("""{"meta":{"n":7},"at":1764000000123,"temp":98.6}""", "body-temperature=98.6 [degF]")]
    [InlineData("""{"meta":{"n":7},"at":1764000000123,"occupied":1}""", "bed-presence=in-bed")]
    [InlineData("""{"meta":{"n":7},"at":1764000000123,"occupied":"0"}""", "bed-presence=out-of-bed")]
    [InlineData("""{"meta":{"n":7},"at":1764000000123,"occupied":2}""", "bed-presence=!unknown")]
    [InlineData("""{"meta":{"n":7},"at":1764000000123,"asleep":true}""", "fall=detected")]
    public void Mappings_are_followed(string record, string expected)
    {
        var upload = DriverCase.Read(Nested, $$$"""{"data":{"items":[{{{record}}}]}}""");
        Assert.Empty(upload.Refusals);
        Assert.Equal(expected, DriverCase.Show(Assert.Single(upload.Measurements)));
    }

    [Theory]
    [InlineData("""{"data":{"items":{"meta":{"n":7},"at":0,"temp":98.6}}}""", 1, 0)]
    [InlineData("""{"data":{}}""", 0, 1)]
    [InlineData("""{"data":[]}""", 0, 1)]
    [InlineData("""[]""", 0, 1)]
    [InlineData("""{"data":{"items":[{"meta":{"n":7},"at":1e300,"temp":98.6}]}}""", 0, 1)]
    [InlineData("""{"data":{"items":[{"meta":{"n":7},"at":-9999999999999,"temp":98.6}]}}""", 0, 1)]
    [InlineData("""{"data":{"items":[{"meta":{"n":7},"at":253402300800000,"temp":98.6}]}}""", 0, 1)]
    [InlineData("""{"data":{"items":[{"meta":7,"at":0,"temp":98.6}]}}""", 0, 1)]
    [InlineData("""{"data":{"items":[{"meta":{"n":{"a":1}},"at":0,"temp":98.6}]}}""", 0, 1)]
    public void Records_stand_where_the_profile_says(string payload, int measurements, int refusals)
    {
        var upload = DriverCase.Read(Nested, payload);
        Assert.Equal((measurements, refusals), (upload.Measurements.Count, upload.Refusals.Count));
    }

    [Fact]
    public void Unix_time_is_utc()
    {
        var time = DriverCase.Read(Nested, SampleProfiles.NestedPayload).Measurements[0].Time;
        Assert.Equal(new DeviceTime(new DateTime(2025, 11, 24, 16, 0, 0, 123), TimeSpan.Zero), time);
    }

    [Fact]
    public void Without_time_and_sequence_nothing_is_stable()
    {
        var measurement = DriverCase.Read(new MqttProfileDriver(SampleProfiles.Received), SampleProfiles.ReceivedPayload).Measurements.Single();
        Assert.Empty(measurement.Stable);
        Assert.Null(measurement.Time);
    }

    [Fact]
    public void Topics_name_the_device() => Assert.Equal(["a/x", "b/x/c"], Nested.Topics("x"));

    [Fact]
    public void A_thousand_records_are_read_soon()
    {
        var robot = DriverCatalog.Load().Mqtt["watch-over-robot"];
        var payload = Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Range(0, 1_000).Select(n =>
            $$"""{"seq": {{n}}, "ts": "2026-11-24T03:12:00.{{n:000}}+09:00", "bed": "in", "hr": 58, "rr": 14, "motion": 3}""")) + "]");
        for (var warmUp = 0; warmUp < 5; warmUp++)
        {
            DriverCase.Read(robot, payload);
        }

        var begun = Stopwatch.GetTimestamp();
        var upload = DriverCase.Read(robot, payload);
        output.WriteLine($"1,000 records, 4,000 measurements, {payload.Length} bytes: {Stopwatch.GetElapsedTime(begun).TotalMilliseconds:0.0} ms (bound: 50)");
        Assert.Equal(4_000, upload.Measurements.Count);
    }
}
