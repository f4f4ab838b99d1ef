using System.Text;
using IoTHealth.Devices;
using IoTHealth.Edge.Management.Explaining;

namespace IoTHealth.Edge.Tests.Management;

public sealed class ExplainTests
{
    private static readonly DriverCatalog Catalog = DriverCatalog.Load();

    [Fact]
    public void A_JSON_record_is_told_from_path_to_code_and_unit()
    {
        var explained = Json("""{"seq":1,"ts":"2026-11-24T03:12:00.123+09:00","hr":61,"event":"fall"}""");
        Assert.Equal(["$.seq = 1", "$.ts = \"2026-11-24T03:12:00.123+09:00\"", "$.hr = 61", "$.event = \"fall\""], explained.Steps);
        var lines = explained.Upload.Measurements.SelectMany(ReadingText.Of).ToList();
        Assert.Contains("  heart-rate = 61 /min → LOINC 8867-4, MDC 147842, urn:iothealth:sign|heart-rate (心拍数 / Heart rate)", lines);
        Assert.Contains(lines, line => line.Contains("urn:iothealth:fall|detected", StringComparison.Ordinal));
        Assert.Contains("  time: 2026-11-24 03:12:00.123 offset 09:00:00", lines);
        Assert.Contains(lines, line => line.StartsWith("  identity: ts=", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_refused_says_where_and_why()
    {
        Assert.Contains("LineNumber: 0 | BytePositionInLine: ", Json("""{"seq":1,""").Upload.Refusals.Single().Reason, StringComparison.Ordinal);
        Assert.Contains(
            "  REFUSED / 拒否: heart-rate is implausible: outside 20 to 300 /min",
            Json("""{"seq":1,"ts":"2026-11-24T03:12:00+09:00","hr":999}""").Upload.Measurements.SelectMany(ReadingText.Of));
    }

    [Theory]
    [InlineData("blood-pressure-cuff", null, "00720072007200", "systolic = 114 mm[Hg] → LOINC 8480-6")]
    [InlineData("glucose-meter-ble", null, "022a00ea0708120e1e0078b000", "glucose = 120 mg/dL → LOINC 2339-0")]
    public void A_Bluetooth_value_is_told_by_fields_codes_and_units(string profile, string? characteristic, string hex, string expected)
    {
        var bytes = Convert.FromHexString(hex);
        var explained = ByteSteps.Of(profile, characteristic, bytes, Sample.Device, Catalog);
        Assert.NotEmpty(explained.Steps);
        Assert.Contains(explained.Upload.Measurements.SelectMany(ReadingText.Of), line => line.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void A_report_is_told_by_segments_with_or_without_its_frame()
    {
        var report = Encoding.UTF8.GetBytes(Reports.Transmitter.Report());
        var plain = ByteSteps.Of("pacemaker", null, report, Sample.Device, Catalog);
        var framed = ByteSteps.Of("pacemaker", null, Devices.Codecs.Hl7v2.MllpDeframer.Wrap(report), Sample.Device, Catalog);
        Assert.StartsWith("segment 1: MSH|", plain.Steps[0], StringComparison.Ordinal);
        Assert.Equal(plain.Steps, framed.Steps);
        Assert.Contains(plain.Upload.Measurements.SelectMany(ReadingText.Of), line => line.StartsWith("reading: implant-battery", StringComparison.Ordinal));
    }

    [Fact]
    public void A_meters_frames_are_told_and_the_damaged_one_with_its_reason()
    {
        var frame = Convert.FromHexString("0231534f4d45544558540341440d0a");
        var damaged = (byte[])frame.Clone();
        damaged[3] ^= 1;
        var explained = ByteSteps.Of("contour-meter", null, (byte[])[0x05, .. frame, .. damaged, 0x04], Sample.Device, Catalog);
        Assert.Equal(["enquiry", "frame 1 (Take): SOMETEXT"], explained.Steps.Take(2));
        Assert.StartsWith("damaged frame: ", explained.Steps[2], StringComparison.Ordinal);
        Assert.NotEmpty(explained.Upload.Refusals);
    }

    [Fact]
    public void An_unknown_profile_names_those_there_are() =>
        Assert.Contains("watch-over-robot", Assert.Throws<ArgumentException>(() => ByteSteps.Of("toaster", null, default, Sample.Device, Catalog)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task The_command_ends_with_1_where_something_is_refused_and_with_2_where_nothing_can_be_read()
    {
        using var folder = BuiltGateway.Prepare();
        var configuration = folder.File("edge.yaml");
        var good = await BuiltGateway.CommandAsync(configuration, "explain", "--profile", "watch-over-robot", """{"seq":1,"ts":"2026-11-24T03:12:00+09:00","hr":61}""");
        Assert.True(good.ExitCode == 0 && good.Output.Contains("accepted / 受理", StringComparison.Ordinal), good.Output + good.Errors);
        Assert.Equal(1, (await BuiltGateway.CommandAsync(configuration, "explain", "--profile", "watch-over-robot", "{\"seq\":1}")).ExitCode);
        Assert.Equal(2, (await BuiltGateway.CommandAsync(configuration, "explain", "--profile", "watch-over-robot", "zz")).ExitCode);
    }

    private static ByteSteps Json(string text) => ByteSteps.Of("watch-over-robot", null, Encoding.UTF8.GetBytes(text), Sample.Device, Catalog);
}
