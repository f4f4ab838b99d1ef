using System.Globalization;
using CsCheck;
using IoTHealth.Devices.BloodPressure;
using IoTHealth.Devices.Codecs.Gatt;
using IoTHealth.Links.Bluetooth;
using IoTHealth.Measurements;
using Microsoft.Extensions.Time.Testing;

namespace IoTHealth.Devices.Tests.Drivers;

public sealed class BloodPressureCuffTests : GattDriverContract
{
    private static readonly string[] Indications =
    [
        "1e80004e00ff07ea070b18070c054200010400",
        "1e7c004b005b00ea070b18070e0a4100010000",
        "06900058006a00ea070b181500004800",
        "06900058006a00ea070b181500014800",
    ];

    private bool _isSynchronised = true;

    private protected override DeviceContext Device { get; } = new(
        "cuff-01", DeviceId.FromSerial("A&D", "UA-651BLE", "B-0001"), "101-A", TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo"), "blood-pressure-cuff/1", "B-0001");

    private protected override int Readings => Indications.Length;

    private protected override int Values => Indications.Length;

    private protected override IGattDriver NewDriver() => new BloodPressureCuffDriver(Time, () => _isSynchronised);

    private protected override IDeviceDouble NewDevice() => new CuffDouble(Indications);

    // No time stamp at all, and one whose year is unknown.
    private protected override IDeviceDouble NewDeviceWithoutClock() =>
        new CuffDouble(["0480004e00ff074200", "0680004e00ff0700000b18070c054200", "0680004e00ff0700000b18070c054200", "0680004e00ff07ea070018070c054200"]);

    // Bytes, what is read, its time, its flags.
    [Theory]
    [InlineData("1e80004e00ff07ea070b18070c054200010400", "128 mm[Hg], 78 mm[Hg], not-a-number, 66 /min", "2026-11-24T07:12:05", "user-1 irregular-pulse")]
    [InlineData("1e8a00580078000000041114293b3c00012700", "138 mm[Hg], 88 mm[Hg], 120 mm[Hg], 60 /min", null,
        "clock-not-set user-1 body-movement cuff-too-loose irregular-pulse improper-position")]
    [InlineData("15bdf00b009ff03c001200", "18.9 kPa, 11 kPa, 15.9 kPa, 60 /min", null, "clock-not-set cuff-too-loose pulse-below-range")]
    [InlineData("00720072007200", "114 mm[Hg], 114 mm[Hg], 114 mm[Hg]", null, "clock-not-set")]
    [InlineData("00ff0750005d00", "not-a-number, 80 mm[Hg], 93 mm[Hg]", null, "clock-not-set")]
    [InlineData("00000850000108", "error, 80 mm[Hg], error", null, "clock-not-set")]
    [InlineData("00fe0702085000", "positive-infinity, negative-infinity, 80 mm[Hg]", null, "clock-not-set")]
    [InlineData("06780050005d00e807030f081e004800", "120 mm[Hg], 80 mm[Hg], 93 mm[Hg], 72 /min", "2024-03-15T08:30:00", "")]
    [InlineData("04780050005d00ff07", "120 mm[Hg], 80 mm[Hg], 93 mm[Hg], not-a-number", null, "clock-not-set")]
    [InlineData("0ae8f4e8f35df3e807030f081e00ff", "125.6 mm[Hg], 100.0 mm[Hg], 86.1 mm[Hg]", "2024-03-15T08:30:00", "user-unknown")]
    [InlineData("e0780050005d00", "120 mm[Hg], 80 mm[Hg], 93 mm[Hg]", null, "clock-not-set")]
    [InlineData("10780050005d000800", "120 mm[Hg], 80 mm[Hg], 93 mm[Hg]", null, "clock-not-set pulse-above-range")]
    [InlineData("10780050005d0018c0", "120 mm[Hg], 80 mm[Hg], 93 mm[Hg]", null, "clock-not-set")]
    public void Values_are_read(string hex, string values, string? time, string flags)
    {
        var measurement = Assert.Single(Read(hex).Measurements);
        Assert.Equal("blood-pressure", measurement.Kind);
        Assert.Equal(values, string.Join(", ", measurement.Components.Select(Show)));
        Assert.Equal(
            new[] { "systolic", "diastolic", "mean-pressure", "pulse-rate" }.Take(measurement.Components.Length), measurement.Components.Select(one => one.Sign));
        Assert.Equal(time, measurement.Time?.Wall.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture));
        Assert.Null(measurement.Time?.Offset);
        Assert.Equal(flags, string.Join(' ', measurement.Flags));
        Assert.Equal(hex, Convert.ToHexString(measurement.Raw.Span), ignoreCase: true);
    }

    [Theory]
    [InlineData("", "blood pressure: shorter than its flags say")]
    [InlineData("010203040506", "blood pressure: shorter than its flags say")]
    [InlineData("03020304050607", "blood pressure: shorter than its flags say")]
    [InlineData("00780050005d0000", "blood pressure: 1 bytes longer than its flags say")]
    [InlineData("02780050005d00ea070d18070c05", "blood pressure: no such time: 2026-13-24T07:12:05")]
    [InlineData("0150000000000000000000000000000000000000", "20 bytes on 2A35: a vendor's own layout")]
    public void What_is_no_measurement_is_refused_with_its_bytes(string hex, string reason)
    {
        var upload = Read(hex);
        Assert.Empty(upload.Measurements);
        var refusal = Assert.Single(upload.Refusals);
        Assert.Equal(reason, refusal.Reason);
        Assert.Equal(hex, Convert.ToHexString(refusal.Raw.Span), ignoreCase: true);
    }

    // Status says everything; the feature bits say what of it counts.
    [Theory]
    [InlineData("0000", "")]
    [InlineData("0100", "body-movement")]
    [InlineData("0200", "cuff-too-loose")]
    [InlineData("0400", "irregular-pulse")]
    [InlineData("0800", "pulse-above-range")]
    [InlineData("1000", "improper-position")]
    [InlineData("3f00", "body-movement cuff-too-loose irregular-pulse improper-position pulse-above-range")]
    public void A_condition_the_sensor_cannot_tell_is_no_flag(string features, string flags)
    {
        Assert.True(BloodPressureFeature.TryRead(Convert.FromHexString(features), out var feature, out _));
        var records = new BloodPressureRecords(null, feature);
        var measurement = Assert.Single(records.Read(Convert.FromHexString("12780050005d00e807030f081e002f00")).Measurements);
        Assert.Equal(flags, string.Join(' ', measurement.Flags));
    }

    [Theory]
    [InlineData("0000", "")]
    [InlineData(null, "irregular-pulse")]
    [InlineData("00", "irregular-pulse")]
    public async Task The_feature_is_asked_of_the_cuff(string? feature, string flags)
    {
        var (device, sink) = (NewDevice(), new RecordingSink());
        var peripheral = device.Connect();
        peripheral.Readable[0x2A49] = feature is null ? null : Convert.FromHexString(feature);
        var running = Driver.RunAsync(peripheral, Device, sink, CancellationToken.None);
        await SeeAsync(sink, Readings);
        Assert.Equal(flags, string.Join(' ', sink.Measurements[0].Flags.Where(flag => flag != "user-1")));
        await PartAsync(peripheral, running);
    }

    [Fact]
    public async Task The_same_indication_after_a_lost_confirmation_is_one_reading()
    {
        var sink = new RecordingSink();
        await TalkAsync(new CuffDouble([Indications[0], Indications[0], Indications[1], Indications[0]]), sink, 2);
        Assert.Equal([128m, 124m], sink.Measurements.Select(one => ((MeasuredValue.Quantity)one.Components[0].Value).Number));
    }

    // A nibble of each part that makes a reading another one; the status is not among them.
    [Theory]
    [InlineData(3, true)]
    [InlineData(7, true)]
    [InlineData(13, true)]
    [InlineData(27, true)]
    [InlineData(29, true)]
    [InlineData(33, true)]
    [InlineData(35, false)]
    public void Stable_bytes_are_time_pressures_pulse_and_user(int digit, bool isOther)
    {
        var changed = Indications[0].ToCharArray();
        changed[digit] = changed[digit] == '1' ? '2' : '1';
        var stable = Read(Indications[0]).Measurements[0].Stable;
        Assert.Equal("EA070B18070C0542000180004E00FF07", Convert.ToHexString(stable.AsSpan()));
        Assert.Equal(isOther, !stable.SequenceEqual(Read(new string(changed)).Measurements[0].Stable));
    }

    [Fact]
    public void Without_a_whole_time_stamp_there_are_no_stable_bytes() => Assert.All(
        ["0480004e00ff074200", "0680004e00ff0700000b18070c054200"], hex => Assert.Empty(Read(hex).Measurements[0].Stable));

    // What the cuff has, whether it lets us write; what is written. 2026-11-24 12:12:05 in Tokyo, a Tuesday.
    [Theory]
    [InlineData(new[] { 0x2A2B, 0x2A08 }, true, "EA070B180C0C05020002", null)]
    [InlineData(new[] { 0x2A08 }, true, null, "EA070B180C0C05")]
    [InlineData(new[] { 0x2A2B, 0x2A08 }, false, "EA070B180C0C05020002", "EA070B180C0C05")]
    [InlineData(new int[0], true, null, null)]
    public async Task The_clock_is_set_where_the_cuff_lets_us(int[] clocks, bool isTaken, string? currentTime, string? dateTime)
    {
        var (device, sink) = (NewDevice(), new RecordingSink());
        var peripheral = device.Connect();
        peripheral.Others.UnionWith(clocks.Select(clock => (ushort)clock));
        peripheral.Written = (_, _) => _ = isTaken ? 0 : throw new IOException("org.bluez.Error.NotPermitted");
        var running = Driver.RunAsync(peripheral, Device, sink, CancellationToken.None);
        await SeeAsync(sink, Readings);
        Assert.Equal(currentTime is null ? [] : [currentTime], peripheral.WrittenTo(0x2A2B));
        Assert.Equal(dateTime is null ? [] : [dateTime], peripheral.WrittenTo(0x2A08));
        await PartAsync(peripheral, running);
    }

    [Theory]
    [InlineData("2026-10-31", true)]
    [InlineData("2026-12-01", false)]
    public async Task A_gateway_that_does_not_know_the_time_tells_none(string today, bool isSynchronised)
    {
        var peripheral = new MemoryPeripheral();
        peripheral.Readable[0x2A2B] = peripheral.Readable[0x2A08] = Convert.FromHexString("D0070101000000");
        peripheral.Subscribed = () => peripheral.Send(0x2A35, Convert.FromHexString(Indications[0]));
        var unsure = new BloodPressureCuffDriver(
            new FakeTimeProvider(DateTimeOffset.Parse(today + "T00:00Z", CultureInfo.InvariantCulture)), () => isSynchronised);
        var sink = new RecordingSink();
        var running = unsure.RunAsync(peripheral, Device, sink, CancellationToken.None);
        await SeeAsync(sink, 1);
        Assert.Empty(peripheral.WrittenTo(0x2A2B));
        Assert.Empty(peripheral.WrittenTo(0x2A08));
        Assert.DoesNotContain("clock-was-off", sink.Measurements[0].Flags);
        await PartAsync(peripheral, running);
    }

    [Fact]
    public async Task The_clock_of_another_device_is_left_alone()
    {
        var (device, sink) = (NewDevice(), new RecordingSink());
        var peripheral = device.Connect();
        peripheral.Others.Add(0x2A2B);
        peripheral.Readable[0x2A25] = "OTHER-7"u8.ToArray();
        var running = Driver.RunAsync(peripheral, Device, sink, CancellationToken.None);
        await UntilAsync("refusals", () => sink.Refusals.Count >= Readings);
        Assert.Empty(peripheral.WrittenTo(0x2A2B));
        await PartAsync(peripheral, running);
    }

    // What the cuff's clock shows at 12:12:05; stamps of the readings; which of them are doubted.
    [Theory]
    [InlineData(0x2A2B, "EA070B180C0A0502000000", true, "10:00:00 12:12:04 12:12:05", "")]
    [InlineData(0x2A2B, "EA070B180C0E0502000000", true, "10:00:00 12:12:05 12:14:05", "")]
    [InlineData(0x2A2B, "EA070B180C0A0402000000", true, "10:00:00 12:12:03 12:12:04 12:12:05 12:14:05 12:14:06", "10:00:00 12:12:03 12:14:06")]
    [InlineData(0x2A2B, "EA070B180C0E0602000000", true, "12:12:05 12:14:06", "12:14:06")]
    [InlineData(0x2A2B, "00000000000000000000", true, "10:00:00 12:12:05", "10:00:00")]
    [InlineData(0x2A08, "EA070B180A0C05", true, "10:00:00 12:12:05", "10:00:00")]
    [InlineData(0x2A08, "EA070B180A0C05", false, "10:00:00 12:12:05", "10:00:00 12:12:05")]
    [InlineData(0x2A08, "EA07", true, "10:00:00", "")]
    [InlineData(0x2A08, null, true, "10:00:00", "")]
    public async Task Readings_of_a_clock_that_was_off_say_so(int clock, string? shown, bool isTaken, string stamps, string doubted)
    {
        var device = new CuffDouble(stamps.Split(' ').Select(IndicationAt));
        var sink = new RecordingSink();
        var peripheral = device.Connect();
        peripheral.Readable[(ushort)clock] = shown is null ? null : Convert.FromHexString(shown);
        peripheral.Written = (_, _) => _ = isTaken ? 0 : throw new IOException("org.bluez.Error.NotPermitted");
        var running = Driver.RunAsync(peripheral, Device, sink, CancellationToken.None);
        await SeeAsync(sink, stamps.Split(' ').Length);
        Assert.Equal(doubted, Doubted(sink));
        Assert.Single(peripheral.WrittenTo((ushort)clock));
        await PartAsync(peripheral, running);
    }

    // Of one reading, doubted or not: a later connection must not tell a version of it without the doubt.
    [Fact]
    public async Task A_reading_of_before_the_setting_is_doubted_in_later_connections_too()
    {
        var sink = new RecordingSink();
        foreach (var shown in new[] { "EA070B180A0C05", "EA070B180C0C05" })
        {
            var peripheral = new CuffDouble(new[] { "10:00:00", "12:12:05" }.Select(IndicationAt)).Connect();
            peripheral.Readable[0x2A08] = Convert.FromHexString(shown);
            var running = Driver.RunAsync(peripheral, Device, sink, CancellationToken.None);
            await SeeAsync(sink, 2);
            await PartAsync(peripheral, running);
        }

        Assert.Equal("10:00:00", Doubted(sink));
        Assert.Equal(2, sink.Versions.Count);
    }

    [Fact]
    public async Task The_doubt_in_the_clock_is_no_part_of_what_a_reading_is_known_by()
    {
        var sink = new RecordingSink();
        await TalkAsync(new CuffDouble([IndicationAt("10:00:00")]), sink, 1);
        var peripheral = new CuffDouble([IndicationAt("10:00:00")]).Connect();
        peripheral.Readable[0x2A08] = Convert.FromHexString("EA070B180A0C05");
        var running = Driver.RunAsync(peripheral, Device, sink, CancellationToken.None);
        await UntilAsync("the version", () => sink.Versions.Count == 2);
        Assert.Single(sink.Measurements);
        await PartAsync(peripheral, running);
    }

    [Fact]
    public async Task What_waits_when_the_run_must_stop_is_still_stored()
    {
        using var stop = new CancellationTokenSource();
        var sink = new RecordingSink { Gate = new TaskCompletionSource() };
        var peripheral = new MemoryPeripheral();
        peripheral.Others.Add(0x2A35);
        peripheral.Subscribed = () => peripheral.Send(0x2A35, Convert.FromHexString(Indications[0]));
        var running = Driver.RunAsync(peripheral, Device, sink, stop.Token);
        foreach (var indication in Indications.Skip(1))
        {
            peripheral.Send(0x2A35, Convert.FromHexString(indication));
        }

        await stop.CancelAsync();
        Assert.False(running.IsCompleted);
        sink.Gate.SetResult();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Patience));
        Assert.Equal(Readings, sink.Measurements.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_disk_that_fails_until_the_run_must_stop_has_one_more_chance(bool isWellAgain)
    {
        using var stop = new CancellationTokenSource();
        var sink = new RecordingSink { Fails = true };
        var running = Driver.RunAsync(NewDevice().Connect(), Device, sink, stop.Token);
        sink.Fails = !isWellAgain;
        await stop.CancelAsync();
        var end = await Assert.ThrowsAnyAsync<Exception>(() => running.WaitAsync(Patience));
        Assert.Equal(isWellAgain ? Readings : 0, sink.Measurements.Count);
        Assert.Equal(
            isWellAgain ? "" : "4 values that the device will not send again may be lost: the disk is full",
            end is OperationCanceledException ? "" : end.Message);
    }

    [Fact]
    public async Task Cuff_pressures_on_the_way_are_not_asked_for()
    {
        var peripheral = await TalkAsync(NewDevice(), new RecordingSink(), Readings);
        Assert.Equal([GattUuid.Of(0x2A35)], peripheral.Subscriptions);
    }

    [Fact]
    public void Whatever_the_bytes_it_answers() => Gen.Byte.Array[0, 24].Sample(
        bytes => new BloodPressureRecords(null, null).Read(bytes) is { Measurements.Count: 1, Refusals.Count: 0 } or { Measurements.Count: 0, Refusals.Count: 1 },
        iter: 30_000);

    // On 2026-11-24.
    private static string IndicationAt(string time) =>
        "0680004e00ff07ea070b18" + Convert.ToHexString([.. time.Split(':').Select(part => byte.Parse(part, CultureInfo.InvariantCulture))]) + "4200";

    private static string Doubted(RecordingSink sink) => string.Join(' ', sink.Versions
        .Where(one => one.Flags.Contains("clock-was-off")).Select(one => one.Time!.Wall.ToString("HH:mm:ss", CultureInfo.InvariantCulture)));

    private static DecodedUpload Read(string hex) => new BloodPressureRecords(null, null).Read(Convert.FromHexString(hex));

    private static string Show(Component component) => component.Value switch
    {
        MeasuredValue.Quantity quantity => string.Create(CultureInfo.InvariantCulture, $"{quantity.Comparator}{quantity.Number} {quantity.Unit}"),
        MeasuredValue.Absent absent => absent.Reason,
        _ => "",
    };
}
