using CsCheck;
using IoTHealth.Simulators.GlucoseMeter;

namespace IoTHealth.Simulators.Tests.GlucoseMeter;

/// <summary>What the meter writes, against published bytes of real meters and drivers.</summary>
public sealed class AstmTests
{
    private static readonly DateTime Time = new(2015, 5, 26, 12, 0, 0);

    [Theory]
    [InlineData(1, "SOMETEXT", false, "0231534f4d45544558541743310d0a")]
    [InlineData(1, "SOMETEXT", true, "0231534f4d45544558540341440d0a")]
    [InlineData(5, "R|3|^^^Glucose|93|mg/dL^P||A/M0/T1||201505261150\r", false, "0235527c337c5e5e5e476c75636f73657c39337c6d672f644c5e507c7c412f4d302f54317c7c3230313530353236313135300d1737340d0a")]
    public void Frames_are_those_published(int place, string text, bool isLast, string expected) =>
        Assert.Equal(expected, Convert.ToHexStringLower(AstmFrame.Encode(place, text, isLast)));

    [Fact]
    public void The_header_is_that_of_a_real_meter()
    {
        var header = AstmRecord.Header(
            MeterProduct.Parse(@"Bayer7390^01.24\01.04\09.02.20^7403-"), "7390-2336773", "7w3LBL", GlucoseUnit.Mass, 1714, new DateTime(2019, 9, 22, 13, 4, 59));
        Assert.Equal(
            @"H|\^&||7w3LBL|Bayer7390^01.24\01.04\09.02.20^7390-2336773^7403-|A=1^C=63^G=1^I=0200^R=0^S=1^U=0^V=10600^X=070070070070180130150250^Y=360126090050099050300089^Z=1|1714||||||1|201909221304",
            header);
        Assert.EndsWith("\u0017D7\r\n", System.Text.Encoding.Latin1.GetString(AstmFrame.Encode(1, header + "\r", false)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8, "133", false, "B/X", "R|8|^^^Glucose|133|mg/dL^P||B/X||201505261200")]
    [InlineData(5, "601", false, ">", "R|5|^^^Glucose|601|mg/dL^P||>||201505261200")]
    [InlineData(6, "120", true, "C", "R|6|^^^Glucose|120|mg/dL^P||C||201505261200")]
    public void Results_are_those_published(int index, string value, bool control, string markers, string expected) =>
        Assert.Equal(expected, AstmRecord.Result(new MemoryRecord(index, Time, value, GlucoseUnit.Mass, null, control, markers)));

    [Fact]
    public void A_molar_meter_says_so_in_header_and_results()
    {
        Assert.Contains("^U=1^V=06333^", AstmRecord.Header(MeterProduct.Parse("X"), "S", "p", GlucoseUnit.Molar, 1, Time), StringComparison.Ordinal);
        Assert.Equal("R|1|^^^Glucose|7.4|mmol/L^P||||201505261200", AstmRecord.Result(new MemoryRecord(1, Time, "7.4", GlucoseUnit.Molar, null, false, "")));
    }

    [Fact]
    public void Numbers_go_from_1_to_7_and_then_from_0_and_only_the_last_frame_ends_with_ETX()
    {
        var frames = AstmFrame.EncodeAll([.. Enumerable.Range(0, 17).Select(n => $"R|{n}")]);
        Assert.Equal("12345670123456701", string.Concat(frames.Select(frame => (char)frame[1])));
        Assert.Equal(Enumerable.Repeat(AstmFrame.Etb, 16).Append(AstmFrame.Etx), frames.Select(frame => frame[^5]));
        Assert.All(frames, frame => Assert.Equal((byte)'\r', frame[^6]));
    }

    [Fact]
    public void Every_checksum_is_the_sum_in_upper_case() => Gen.Int[1, 3000].Select(Gen.String[Gen.Char[' ', '~'], 0, 240]).Sample((place, text) =>
    {
        var frame = AstmFrame.Encode(place, text, false);
        var sum = frame[1..^4].Aggregate(0, (total, value) => (total + value) & 0xFF);
        return frame[^4] == "0123456789ABCDEF"[sum >> 4] && frame[^3] == "0123456789ABCDEF"[sum & 15];
    });

    [Theory]
    [InlineData("Contour7390", @"Contour7390^01.24\01.04\09.02.20^S^7403-")]
    [InlineData(@"Bayer7350^01.10\01.04", @"Bayer7350^01.10\01.04^S")]
    [InlineData("A^1^2", "A^1^S^2")]
    public void Products_are_read(string text, string sender) => Assert.Equal(sender, MeterProduct.Parse(text).Sender("S"));

    [Theory]
    [InlineData("")]
    [InlineData("A^")]
    [InlineData("A^1^2^3")]
    [InlineData("A|B")]
    [InlineData("A\rB")]
    public void Products_that_would_break_the_record_are_refused(string text) =>
        Assert.Throws<IoTHealth.Simulators.CommandLine.UsageException>(() => MeterProduct.Parse(text));
}
