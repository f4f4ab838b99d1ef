using IoTHealth.Edge.Influx;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Tests.Influx;

public sealed class LineProtocolTests
{
    public static TheoryData<string, string, string> Cases => new()
    {
        { "heart-rate", "58.0 /min", "heart-rate,device=robot-01,gateway=gw-01 heart-rate=58.0,id=" },
        { "glucose", "5.5 mmol/L", "glucose,device=robot-01,gateway=gw-01 glucose=99.08580,id=" },
        { "bed-presence", "in-bed", "bed-presence,device=robot-01,gateway=gw-01 bed-presence=\"in-bed\",id=" },
        { "heart-rate", "absent", "heart-rate,device=robot-01,gateway=gw-01 heart-rate_absent=\"not-performed\",id=" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Writes(string kind, string value, string expected)
    {
        var line = LineProtocol.Line(Sample.Measurement(kind, Value(kind, value)), "gw-01", "robot-01", default);
        Assert.StartsWith(expected, line, StringComparison.Ordinal);
    }

    [Fact]
    public void The_timestamp_is_the_instant_in_milliseconds_and_two_readings_of_one_millisecond_differ()
    {
        var nanoseconds = Enumerable.Range(1, 1_000).Select(i => LineProtocol.Nanoseconds(Sample.HeartRate(i))).ToList();
        Assert.All(nanoseconds, ns => Assert.Equal(Sample.Noon.ToUnixTimeMilliseconds(), ns / 1_000_000));
        Assert.True(nanoseconds.Distinct().Count() >= 999);
    }

    private static MeasuredValue Value(string kind, string text) => text.Split(' ') switch
    {
        ["absent"] => new MeasuredValue.Absent(AbsentReason.NotPerformed),
        [var code] => new MeasuredValue.Coded($"urn:iothealth:{kind}", code),
        [var number, var unit] => new MeasuredValue.Quantity(decimal.Parse(number, System.Globalization.CultureInfo.InvariantCulture), unit),
        _ => throw new ArgumentException(text),
    };
}
