using System.Globalization;
using System.Text;
using IoTHealth.Devices.Glucose;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Tests.Drivers;

public sealed class ContourMeterTests : SerialDriverContract
{
    private const string Header = @"H|\^&||pw|Contour7390^01.24\01.04\09.02^C-0001^7403-|A=1^U=0^V=10600||||||P|1|202611240700";

    private static readonly string[] Results =
    [
        "R|1|^^^Glucose|133|mg/dL^P||B/X||202611230712",
        "R|2|^^^Glucose|601|mg/dL^P||>||202611230955",
        "R|3|^^^Glucose|98|mg/dL^P||F||202611240630",
        "R|4|^^^Glucose|98|mg/dL^P||||202611240630",
        "R|5|^^^Glucose|121|mg/dL^P||C||202611240631",
    ];

    protected override ISerialDriver Driver { get; } = new ContourMeterDriver();

    protected override DeviceContext Device { get; } = new(
        "meter-01", DeviceId.FromSerial("Ascensia", "Contour", "C-0001"), "101-A", TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo"), "contour-meter/1", "C-0001");

    /// <summary>One whole upload, part by part.</summary>
    internal static IReadOnlyList<byte[]> Upload => [[0x05], .. Frames([Header, "P|1", .. Results, "L|1||N"])];

    protected override IReadOnlyList<byte[]> Conversation => Upload;

    protected override int FirstReading => 3;

    protected override int Readings => 4;

    protected override byte[] Acknowledgement { get; } = [0x06];

    [Fact]
    public async Task Values_limits_flags_and_times_are_read()
    {
        var sink = new RecordingSink();
        await UploadAsync(sink);
        Assert.Equal(["133 mg/dL", ">601 mg/dL", "98 mg/dL", "98 mg/dL"], sink.Measurements.Select(Show));
        Assert.Equal(new DateTime(2026, 11, 23, 7, 12, 0), sink.Measurements[0].Time!.Wall);
        Assert.Null(sink.Measurements[0].Time!.Offset);
        Assert.Equal(["before-meal", "plasma-referenced"], sink.Measurements[0].Flags);
        Assert.Contains("control solution", Assert.Single(sink.Refusals).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_meter_on_the_line_is_never_taken_for_this_one()
    {
        var (line, sink) = (new Line(), new RecordingSink());
        var running = Driver.RunAsync(line, Device, sink, CancellationToken.None);
        byte[][] parts = [[0x05], .. Frames([Header.Replace("C-0001", "C-0002", StringComparison.Ordinal), Results[0]])];
        foreach (var part in parts)
        {
            await line.SendAsync(part);
            await line.HearAsync(TimeSpan.FromSeconds(5));
        }

        Assert.Empty(sink.Measurements);
        Assert.Contains("C-0002", Assert.Single(sink.Refusals).Reason, StringComparison.Ordinal);
        line.HangUp();
        await Assert.ThrowsAsync<IOException>(() => running);
    }

    // Sent, answered: 06 taken, 15 once more.
    [Theory]
    [InlineData("result without a header", 0x15)]
    [InlineData("repeated frame", 0x06)]
    [InlineData("skipped frame", 0x15)]
    [InlineData("wrong checksum", 0x15)]
    [InlineData("cut-off frame", 0x15)]
    public async Task Frames_are_answered_as_the_standard_says(string how, byte answer)
    {
        var frames = Frames([Header, Results[0], Results[1]]);
        byte[][] sent = how switch
        {
            "result without a header" => [[0x05], frames[1]],
            "repeated frame" => [[0x05], frames[0], frames[1], frames[1]],
            "skipped frame" => [[0x05], frames[0], frames[2]],
            "wrong checksum" => [[0x05], frames[0], [.. frames[1][..^3], (byte)'0', .. frames[1][^2..]]],
            _ => [[0x05], frames[0], [.. frames[1][..10], 0x02]],
        };
        var (line, sink) = (new Line(), new RecordingSink());
        var running = Driver.RunAsync(line, Device, sink, CancellationToken.None);
        var last = Array.Empty<byte>();
        foreach (var part in sent)
        {
            await line.SendAsync(part);
            last = await line.HearAsync(TimeSpan.FromSeconds(5));
        }

        Assert.Equal([answer], last);
        Assert.Equal(how == "repeated frame" ? 1 : 0, sink.Measurements.Count);
        line.HangUp();
        await Assert.ThrowsAsync<IOException>(() => running);
    }

    [Fact]
    public async Task A_record_may_span_frames()
    {
        var half = Results[0].Length / 2;
        byte[][] frames = [Frame(1, Header + "\r", last: false), Frame(2, Results[0][..half], last: false), Frame(3, Results[0][half..] + "\r", last: true)];
        var (line, sink) = (new Line(), new RecordingSink());
        var running = Driver.RunAsync(line, Device, sink, CancellationToken.None);
        foreach (var part in frames)
        {
            await line.SendAsync(part);
            Assert.Equal(Acknowledgement, await line.HearAsync(TimeSpan.FromSeconds(5)));
        }

        Assert.Equal("133 mg/dL", Show(Assert.Single(sink.Measurements)));
        line.HangUp();
        await Assert.ThrowsAsync<IOException>(() => running);
    }

    private static byte[][] Frames(string[] records) =>
        [.. records.Select((record, i) => Frame((i + 1) % 8, record + "\r", last: i == records.Length - 1))];

    private static byte[] Frame(int number, string text, bool last)
    {
        var body = Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture) + text + (last ? '\x03' : '\x17'));
        var sum = body.Aggregate(0, (total, value) => (total + value) & 0xFF);
        return [0x02, .. body, .. Encoding.ASCII.GetBytes(sum.ToString("X2", CultureInfo.InvariantCulture) + "\r\n")];
    }

    private static string Show(DecodedMeasurement measurement) => measurement.Components[0].Value is MeasuredValue.Quantity q
        ? string.Create(CultureInfo.InvariantCulture, $"{q.Comparator}{q.Number} {q.Unit}")
        : "";
}
