using System.Globalization;
using CsCheck;
using IoTHealth.Devices.Glucose;
using IoTHealth.Links.Bluetooth;
using IoTHealth.Measurements;
using IoTHealth.Testing;

namespace IoTHealth.Devices.Tests.Drivers;

public sealed class BleGlucoseMeterTests : GattDriverContract
{
    private static readonly (string Record, string? Context)[] Held =
    [
        ("120100ea070b17070c0085b011", "02010001"),
        ("120200ea070b17093700f1b011", "02020002"),
        ("020300ea070b18061e0062b011", null),
        ("020400ea070b18061e0062b011", null),
        ("120500ea070b1806230079b011", "02050003"),
    ];

    private static readonly (string Record, string? Context)[] HeldAnew = [("020100ea070b1808000058b011", null), ("020200ea070b1809000059b011", null)];

    private static IEnumerable<(byte[] Record, byte[]? Context)> Renumbered => HeldAnew.Select(one => (Convert.FromHexString(one.Record), (byte[]?)null));

    private protected override DeviceContext Device { get; } = new(
        "meter-02", DeviceId.FromSerial("IoTHealth", "Meter-2", "G-0001"), "101-A", TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo"), "glucose-meter-ble/1", "G-0001");

    private protected override int Readings => 5;

    // Records, contexts, the response to the report, the count.
    private protected override int Values => 10;

    private protected override IGattDriver NewDriver() => new GlucoseMeterDriver(Time);

    private protected override IDeviceDouble NewDevice() => NewMeter();

    // Time fault, year unknown, and an offset that leaves the calendar.
    private protected override IDeviceDouble NewDeviceWithoutClock() => NewMeter(
        "0a0100d007010100000062b0110008", "02020000000b18061e0062b011", "02030000000b18061e0062b011", "0304000f270c1f173b3bff7f62b011", "0205000000000000000062b011");

    // Bytes, value, time, flags.
    [Theory]
    [InlineData("022a00ea0708120e1e0078b000", "120 mg/dL", "2026-08-18T14:30:00", "")]
    [InlineData("022a00ea0708120e1e0078b011", "120 mg/dL", "2026-08-18T14:30:00", "capillary-whole-blood finger")]
    [InlineData("060100ea07010100000041c000", "6.5 mmol/L", "2026-01-01T00:00:00", "")]
    [InlineData("062a00e807030f081e0037c011", "5.5 mmol/L", "2024-03-15T08:30:00", "capillary-whole-blood finger")]
    [InlineData("070100e807030f081e00c4ff37c011", "5.5 mmol/L", "2024-03-15T07:30:00", "capillary-whole-blood finger")]
    [InlineData("020000ea070101000000ff0700", "not-a-number", "2026-01-01T00:00:00", "")]
    [InlineData("020000ea070101000000fe0700", "positive-infinity", "2026-01-01T00:00:00", "")]
    [InlineData("000100d0070102030405", "unknown", "2000-01-02T03:04:05", "")]
    [InlineData("010400d00701020304053456", "unknown", "2000-01-17T10:52:05", "")]
    [InlineData("0a0100ea07010100000058b2112000", ">600 mg/dL", "2026-01-01T00:00:00", "capillary-whole-blood finger result-too-high")]
    [InlineData("0a0100ea07010100000014b0224100", "<20 mg/dL", "2026-01-01T00:00:00", "capillary-plasma alternate-site device-battery-low result-too-low")]
    [InlineData("0a0100ea07010100000014b0226000", "error", "2026-01-01T00:00:00", "capillary-plasma alternate-site result-too-high result-too-low")]
    [InlineData("0a0100ea07010100000062b0390008", "98 mg/dL", null, "clock-not-set interstitial-fluid earlobe time-fault")]
    [InlineData("02010000000b18061e0062b0ff", "98 mg/dL", null, "clock-not-set")]
    [InlineData("1b0100e307021b0b0a1efbff1e00120501", "3000000 mg/dL", "2019-02-27T11:05:30",
        "capillary-plasma finger device-battery-low sample-size-insufficient temperature-too-low")]
    public void Values_are_read(string hex, string value, string? time, string flags)
    {
        var measurement = Assert.Single(Read((0x2A18, hex)).Measurements);
        Assert.Equal("glucose", measurement.Kind);
        var component = Assert.Single(measurement.Components);
        Assert.Equal(value, Show(component));
        Assert.Equal(time, measurement.Time?.Wall.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture));
        Assert.Null(measurement.Time?.Offset);
        Assert.Equal(flags, string.Join(' ', measurement.Flags));
    }

    [Theory]
    [InlineData(0x2A18, "022a00ea0708120e1e0078", "glucose measurement: shorter than its flags say")]
    [InlineData(0x2A18, "", "glucose measurement: shorter than its flags say")]
    [InlineData(0x2A18, "022a00ea070d120e1e0078b000", "glucose measurement: no such time: 2026-13-18T14:30:00")]
    [InlineData(0x2A18, "022a00ea0708120e1e0078b00000", "glucose measurement: 1 bytes longer than its flags say")]
    [InlineData(0x2A18, "020700e807030f081e0063b04a", "a control solution result: a test of the meter, not a value of a person")]
    [InlineData(0x2A18, "020700e807030f081e0063b041", "a control solution result: a test of the meter, not a value of a person")]
    [InlineData(0x2A18, "020700e807030f081e0063b01a", "a control solution result: a test of the meter, not a value of a person")]
    [InlineData(0x2A34, "ff0000b303", "glucose context: shorter than its flags say")]
    public void What_is_no_measurement_is_refused_with_its_bytes(int characteristic, string hex, string reason)
    {
        var upload = Read(((ushort)characteristic, hex));
        Assert.Empty(upload.Measurements);
        var refusal = Assert.Single(upload.Refusals);
        Assert.Equal(reason, refusal.Reason);
        Assert.Equal(hex, Convert.ToHexString(refusal.Raw.Span), ignoreCase: true);
    }

    [Theory]
    [InlineData("02010001", "before-meal")]
    [InlineData("02010002", "after-meal")]
    [InlineData("02010003", "fasting")]
    [InlineData("02010004", "casual")]
    [InlineData("02010005", "bedtime")]
    [InlineData("02010006", "")]
    [InlineData("010100012dd0", "carbohydrate-breakfast carbohydrate-45-g")]
    [InlineData("04010052", "tested-by-professional no-health-issue")]
    [InlineData("0801003c0032", "exercise-60-s exercise-50-percent")]
    [InlineData("080100ffff32", "exercise-overrun exercise-50-percent")]
    [InlineData("300100013cb0", "rapid-acting-insulin medication-0.60-ml")]
    [InlineData("100100043ca0", "long-acting-insulin medication-60-mg")]
    [InlineData("40010041f0", "hba1c-6.5-percent")]
    [InlineData("0001000000000000000000000000000000", "")]
    public void A_context_is_told_in_flags(string context, string flags)
    {
        var upload = Read((0x2A18, "120100ea070b18061e0062b000"), (0x2A34, context));
        Assert.Equal(2, upload.Measurements.Count);
        Assert.Equal(flags, string.Join(' ', upload.Measurements[1].Flags));
        Assert.True(upload.Measurements[0].Stable.SequenceEqual(upload.Measurements[1].Stable));
    }

    // Whichever comes first, the plain version is told before the one with its context: the last one is the current one.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_context_joins_its_measurement_in_whatever_order_they_come(bool isContextFirst)
    {
        var (meter, sink) = (NewMeter(), new RecordingSink());
        meter.IsContextFirst = isContextFirst;
        await TalkAsync(meter, sink, Readings);
        Assert.Equal(
            ["", "before-meal", "", "after-meal", "", "", "", "fasting"],
            sink.Versions.Select(one => string.Join(' ', one.Flags.Where(flag => flag is not ("capillary-whole-blood" or "finger")))));
        Assert.Empty(sink.Refusals);
    }

    [Fact]
    public async Task A_context_of_a_measurement_read_in_an_earlier_connection_makes_a_new_version_of_it()
    {
        var (meter, sink) = (NewMeter(), new RecordingSink());
        meter.Memory[1] = (meter.Memory[1].Record, null);
        await TalkAsync(meter, sink, Readings);
        var peripheral = meter.Connect();
        var running = Driver.RunAsync(peripheral, Device, sink, CancellationToken.None);
        await UntilAsync("the read-out", () => meter.IsDone(peripheral));
        var before = sink.Versions.Count;
        peripheral.Send(0x2A34, Convert.FromHexString("02020004"));
        await UntilAsync("the version", () => sink.Versions.Count > before);
        Assert.Contains("casual", sink.Versions[^1].Flags);
        Assert.Equal(2, sink.Versions[^1].Stable[0]);
        Assert.Equal(Readings, sink.Measurements.Count);
        await PartAsync(peripheral, running);
    }

    [Fact]
    public async Task A_context_whose_measurement_never_comes_is_kept_in_quarantine()
    {
        var (meter, sink) = (NewMeter(), new RecordingSink());
        meter.Memory[4] = (meter.Memory[4].Record, Convert.FromHexString("02630003"));
        var peripheral = meter.Connect();
        var running = Driver.RunAsync(peripheral, Device, sink, CancellationToken.None);
        await UntilAsync("the refusal", () => sink.Refusals.Count > 0);
        Assert.Equal("context of measurement 99, which the meter does not report", Assert.Single(sink.Refusals).Reason);
        await PartAsync(peripheral, running);
    }

    [Fact]
    public void A_context_of_a_control_solution_goes_with_it()
    {
        var upload = Read((0x2A18, "120700e807030f081e0063b04a"), (0x2A34, "02070003"));
        Assert.Empty(upload.Measurements);
        Assert.Single(upload.Refusals);
    }

    [Fact]
    public void The_number_of_another_record_never_gives_it_that_one_s_context()
    {
        var upload = Read((0x2A18, "120100ea070b18061e0062b000"), (0x2A34, "02010003"), (0x2A18, "020100ea070b1807000063b000"));
        Assert.Equal(["", "fasting", ""], upload.Measurements.Select(one => string.Join(' ', one.Flags)));
    }

    // First all; then from the last record on, and the count that shows that nothing else is there.
    [Fact]
    public async Task Later_connections_read_what_is_new()
    {
        var (meter, sink) = (NewMeter(), new RecordingSink());
        Assert.Equal(["0101", "0401"], meter.Requests(await TalkAsync(meter, sink, 5)));
        Assert.Equal(["0103010500", "0105", "0401"], meter.Requests(await TalkAsync(meter, sink, 5)));
        meter.Memory.Add((Convert.FromHexString("020600ea070b1807000058b011"), null));
        Assert.Equal(["0103010500", "0105", "0401"], meter.Requests(await TalkAsync(meter, sink, 6)));
        Assert.Equal(["0103010600", "0105", "0401"], meter.Requests(await TalkAsync(meter, sink, 6)));
        Assert.Equal(6, sink.Measurements.Count);
    }

    // The memory is full: each new record takes the place of the oldest.
    [Fact]
    public async Task A_ring_that_is_full_is_no_reason_to_read_everything()
    {
        var (meter, sink) = (NewMeter(), new RecordingSink());
        await TalkAsync(meter, sink, 5);
        meter.Memory.RemoveAt(0);
        meter.Memory.Add((Convert.FromHexString("020600ea070b1807000058b011"), null));
        Assert.Equal(["0103010500", "0105", "0401"], meter.Requests(await TalkAsync(meter, sink, 6)));
    }

    [Theory]
    [InlineData("cleared")]
    [InlineData("cleared, and measured less")]
    [InlineData("cleared, and measured as much")]
    [InlineData("a record with an earlier number")]
    [InlineData("a number is left out")]
    [InlineData("a full ring that was renumbered")]
    [InlineData("a full ring that was renumbered after one more")]
    [InlineData("no first record")]
    [InlineData("no filter")]
    [InlineData("no such operand")]
    [InlineData("no count")]
    [InlineData("count in garbage")]
    public async Task Everything_is_read_again_where_the_count_does_not_explain_itself(string what)
    {
        var (meter, sink) = (NewMeter(), new RecordingSink());
        await TalkAsync(meter, sink, 5);
        var expected = 5;
        switch (what)
        {
            case "cleared":
                meter.Memory.Clear();
                break;
            case "cleared, and measured less":
                meter.Memory.RemoveRange(1, 4);
                meter.Memory[0] = (Convert.FromHexString("020100ea070b1808000058b011"), null);
                expected = 6;
                break;
            case "cleared, and measured as much":
                meter.Memory.Clear();
                meter.Memory.AddRange(Enumerable.Range(1, 5).Select(n => (Convert.FromHexString($"020{n}00ea070b18080{n}0058b011"), (byte[]?)null)));
                expected = 10;
                break;
            case "a record with an earlier number":
                meter.Memory.Insert(0, (Convert.FromHexString("020000ea070b1808000058b011"), null));
                expected = 6;
                break;
            case "a number is left out":
                meter.Memory.Add((Convert.FromHexString("020700ea070b1808000058b011"), null));
                expected = 6;
                break;
            case "a full ring that was renumbered":
                meter.Memory.RemoveRange(0, 2);
                meter.Memory.AddRange(Renumbered);
                expected = 7;
                break;
            case "a full ring that was renumbered after one more":
                meter.Memory.RemoveRange(0, 3);
                meter.Memory.AddRange([(Convert.FromHexString("020600ea070b1807000058b011"), null), .. Renumbered]);
                expected = 8;
                break;
            case "no first record":
                meter.KnowsFirst = false;
                break;
            case "no filter":
                meter.FilterResult = 4;
                break;
            case "no such operand":
                meter.FilterResult = 9;
                break;
            case "no count":
                meter.CountAnswer = [6, 0, 4, 2];
                break;
            default:
                meter.CountAnswer = [6, 0, 4, 7];
                break;
        }

        var peripheral = meter.Connect();
        var running = Driver.RunAsync(peripheral, Device, sink, CancellationToken.None);
        await UntilAsync("everything", () => meter.Requests(peripheral).Contains("0101") && sink.Measurements.Count == expected);
        await PartAsync(peripheral, running);
        Assert.Empty(sink.Refusals);
    }

    // What overwrites 3 takes its number too: neither the count nor the lowest number tells.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_memory_whose_numbers_do_not_follow_the_time_is_read_whole(bool isFirstByNumber)
    {
        var (meter, sink) = (NewMeter(), new RecordingSink());
        meter.IsFirstByNumber = isFirstByNumber;
        meter.Memory.RemoveRange(0, 2);
        meter.Memory.AddRange(Renumbered);
        await TalkAsync(meter, sink, 5);
        meter.Memory.RemoveAt(0);
        meter.Memory.Add((Convert.FromHexString("020300ea070b180a00005ab011"), null));
        Assert.Equal(["0101", "0401"], meter.Requests(await TalkAsync(meter, sink, 6)));
        Assert.Equal(6, sink.Measurements.Count);
    }

    // Full: the count is the old one whether 7 arrived or not.
    [Fact]
    public async Task A_record_that_got_lost_on_the_way_is_read_the_next_time()
    {
        var (meter, sink) = (NewMeter(), new RecordingSink());
        await TalkAsync(meter, sink, 5);
        meter.Memory.RemoveRange(0, 3);
        meter.Memory.AddRange(new[] { 6, 7, 8 }.Select(n => (Convert.FromHexString($"020{n}00ea070b18080{n}0058b011"), (byte[]?)null)));
        meter.Swallows = 7;
        Assert.Equal(["0103010500", "0105", "0401", "0101", "0401"], meter.Requests(await TalkWholeAsync(meter, sink, 5)));
        Assert.Equal(7, sink.Measurements.Count);
        meter.Swallows = null;
        await TalkAsync(meter, sink, 8);
    }

    [Fact]
    public async Task Whatever_the_mark_everything_is_read_once_a_day()
    {
        var (meter, sink) = (NewMeter(), new RecordingSink());
        await TalkAsync(meter, sink, 5);
        Time.Advance(TimeSpan.FromHours(23));
        Assert.Equal(["0103010500", "0105", "0401"], meter.Requests(await TalkAsync(meter, sink, 5)));
        Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(["0101", "0401"], meter.Requests(await TalkAsync(meter, sink, 5)));
        Assert.Equal(["0103010500", "0105", "0401"], meter.Requests(await TalkAsync(meter, sink, 5)));
    }

    [Fact]
    public async Task A_meter_that_stays_is_read_once_a_day_too()
    {
        var (meter, sink) = (NewMeter(), new RecordingSink());
        var peripheral = meter.Connect();
        var running = Driver.RunAsync(peripheral, Device, sink, CancellationToken.None);
        await UntilAsync("the read-out", () => meter.IsDone(peripheral));
        meter.Memory.Add((Convert.FromHexString("020600ea070b1807000058b011"), null));
        var begun = Time.GetTimestamp();

        // When it begins to listen no test can know: the clock goes on until it asks again.
        await UntilAsync(
            "everything",
            () =>
            {
                Time.Advance(TimeSpan.FromMinutes(meter.Requests(peripheral).Count == 2 ? 10 : 0));
                return meter.Requests(peripheral).Count == 4;
            });
        Assert.InRange(Time.GetElapsedTime(begun), TimeSpan.FromHours(24), TimeSpan.FromHours(72));
        Assert.Equal(["0101", "0401", "0101", "0401"], meter.Requests(peripheral));
        Assert.Equal(6, sink.Measurements.Count);
        await PartAsync(peripheral, running);
    }

    // Newest first, and it goes after one record: the older ones must not be passed over.
    [Fact]
    public async Task A_read_out_that_broke_off_moves_nothing()
    {
        var (meter, sink) = (NewMeter(), new RecordingSink());
        meter.Memory.Reverse();
        var cut = meter.Connect(goesAfter: 1);
        await Assert.ThrowsAsync<IOException>(() => Driver.RunAsync(cut, Device, sink, CancellationToken.None));
        Assert.Single(sink.Measurements);
        Assert.Equal(["0101", "0401"], meter.Requests(await TalkAsync(meter, sink, 5)));
    }

    [Fact]
    public async Task What_is_not_durable_moves_nothing()
    {
        var (meter, sink) = (NewMeter(), new RecordingSink());
        await TalkAsync(meter, sink, 5);
        meter.Memory.Add((Convert.FromHexString("020600ea070b1807000058b011"), null));
        sink.Fails = true;
        await Assert.ThrowsAsync<IOException>(() => Driver.RunAsync(meter.Connect(), Device, sink, CancellationToken.None));
        sink.Fails = false;
        Assert.Equal(["0103010500", "0105", "0401"], meter.Requests(await TalkAsync(meter, sink, 6)));
    }

    [Theory]
    [InlineData(0xFFFF, "0101 0401")]
    [InlineData(0xF001, "0101 0401")]
    [InlineData(0xF000, "01030100F0 0105 0401")]
    public async Task Near_the_wrap_of_the_sequence_everything_is_read(int last, string requests)
    {
        var record = Convert.FromHexString(Held[4].Record);
        (record[1], record[2]) = ((byte)last, (byte)(last >> 8));
        var (meter, sink) = (NewMeter(), new RecordingSink());
        meter.Memory.Add((record, null));
        await TalkAsync(meter, sink, 6);
        Assert.Equal(requests.Split(' '), meter.Requests(await TalkAsync(meter, sink, 6)));
    }

    [Fact]
    public async Task A_record_that_comes_after_the_response_is_waited_for()
    {
        var (meter, sink) = (NewMeter(), new RecordingSink());
        var late = meter.Memory[4];
        meter.Memory.RemoveAt(4);
        meter.CountAnswer = [5, 0, 5];
        var peripheral = meter.Connect();
        var running = Driver.RunAsync(peripheral, Device, sink, CancellationToken.None);
        Assert.Equal(["0101"], meter.Requests(peripheral));
        peripheral.Send(0x2A18, late.Record);
        await Eventually.HoldsAsync("the late record", () => sink.Measurements.Count == 5, Patience);
        Assert.Equal(["0101"], meter.Requests(peripheral));
        await UntilAsync("the end of the talk", () => meter.IsDone(peripheral));
        await PartAsync(peripheral, running);
        meter.Memory.Add(late);
        Assert.Equal(["0103010500", "0105", "0401"], meter.Requests(await TalkAsync(meter, sink, 5)));
    }

    [Fact]
    public async Task An_empty_memory_is_no_mistake_and_new_measurements_are_taken_while_the_meter_stays()
    {
        var (meter, sink) = (NewMeter(), new RecordingSink());
        meter.Memory.Clear();
        var peripheral = meter.Connect();
        var running = Driver.RunAsync(peripheral, Device, sink, CancellationToken.None);
        Time.Advance(TimeSpan.FromMinutes(10));
        Assert.False(running.IsCompleted);
        peripheral.Send(0x2A18, Convert.FromHexString(Held[0].Record));
        await SeeAsync(sink, 1);
        peripheral.Send(0x2A34, Convert.FromHexString(Held[0].Context!));
        await UntilAsync("its context", () => sink.Versions is [_, var joined] && joined.Flags.Contains("before-meal"));
        Assert.Equal(["0101"], meter.Requests(peripheral));
        await PartAsync(peripheral, running);
    }

    [Fact]
    public async Task A_meter_that_does_not_answer_is_told_to_stop_and_left()
    {
        var (meter, sink) = (NewMeter(), new RecordingSink());
        meter.IsSilent = true;
        var peripheral = meter.Connect();
        var running = Driver.RunAsync(peripheral, Device, sink, CancellationToken.None);
        Time.Advance(TimeSpan.FromSeconds(29));
        peripheral.Send(0x2A18, Convert.FromHexString(Held[2].Record));
        await Eventually.HoldsAsync("the record", () => sink.Measurements.Count == 1, Patience);
        await UntilAsync("the end", () => running.IsCompleted);
        Assert.True(Time.GetUtcNow() - Today >= TimeSpan.FromSeconds(29 + 30));
        var error = await Assert.ThrowsAsync<IOException>(() => running.WaitAsync(Patience));
        Assert.Equal("the meter has said nothing for 30 s", error.Message);
        Assert.Equal(["0101", "0300"], meter.Requests(peripheral));
    }

    [Fact]
    public async Task A_read_out_under_way_is_aborted_when_it_must_stop()
    {
        using var stop = new CancellationTokenSource();
        var meter = NewMeter();
        meter.IsSilent = true;
        var peripheral = meter.Connect();
        var running = Driver.RunAsync(peripheral, Device, new RecordingSink(), stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(TimeSpan.FromSeconds(1)));
        Assert.Equal(["0101", "0300"], meter.Requests(peripheral));
    }

    [Theory]
    [InlineData(2, "op_code_not_supported")]
    [InlineData(8, "procedure_not_completed")]
    public async Task A_meter_that_does_not_report_its_memory_is_left_with_the_reason(byte result, string name)
    {
        var meter = NewMeter();
        var peripheral = meter.Connect();
        peripheral.Written = (_, request) => peripheral.Send(0x2A52, [6, 0, request[0], result]);
        var error = await Assert.ThrowsAsync<IOException>(() => Driver.RunAsync(peripheral, Device, new RecordingSink(), CancellationToken.None));
        Assert.EndsWith(name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_comes_on_the_control_point_and_answers_nothing_changes_nothing()
    {
        var (meter, sink) = (NewMeter(), new RecordingSink());
        var peripheral = meter.Connect();
        foreach (var stray in new[] { "06000301", "0500ff", "0101", "060101", "" })
        {
            peripheral.Send(0x2A52, Convert.FromHexString(stray));
        }

        var running = Driver.RunAsync(peripheral, Device, sink, CancellationToken.None);
        await UntilAsync("the end of the talk", () => meter.IsDone(peripheral));
        Assert.Equal(5, sink.Measurements.Count);
        Assert.Equal(3, sink.Refusals.Count);
        await PartAsync(peripheral, running);
    }

    [Fact]
    public async Task A_meter_without_context_is_not_asked_for_it()
    {
        var meter = NewMeter();
        var peripheral = meter.Connect();
        peripheral.Others.Remove(0x2A34);
        var running = Driver.RunAsync(peripheral, Device, new RecordingSink(), CancellationToken.None);
        Assert.Equal([GattUuid.Of(0x2A18), GattUuid.Of(0x2A52)], peripheral.Subscriptions);
        await PartAsync(peripheral, running);
    }

    // Two meters at a time, one driver: neither knows how far the other was read.
    [Fact]
    public async Task Meters_are_kept_apart()
    {
        await TalkAsync(NewMeter(), new RecordingSink(), 5);
        var (other, sink) = (NewMeter(), new RecordingSink());
        var peripheral = other.Connect();
        var device = Device with { Id = DeviceId.FromSerial("IoTHealth", "Meter-2", "G-0002"), Serial = "G-0002" };
        var running = Driver.RunAsync(peripheral, device, sink, CancellationToken.None);
        await SeeAsync(sink, 5);
        Assert.Equal("0101", other.Requests(peripheral)[0]);
        await PartAsync(peripheral, running);
    }

    // The status, the offset and the context flag are not among the stable bytes.
    [Theory]
    [InlineData("1b2a00ea070b18061e00050062b0110100")]
    [InlineData("022a00ea070b18061e0062b011")]
    public void Stable_bytes_are_sequence_time_unit_value_and_sample(string hex) => Assert.Equal(
        "2A00EA070B18061E000062B011", Convert.ToHexString(Read((0x2A18, hex)).Measurements[0].Stable.AsSpan()));

    [Fact]
    public void Whatever_the_bytes_it_answers() => Gen.Select(Gen.OneOf(Gen.Const((ushort)0x2A18), Gen.Const((ushort)0x2A34)), Gen.Byte.Array[0, 20]).Array[1, 4].Sample(
        values =>
        {
            var records = new GlucoseRecords(null);
            var upload = records.Read(values.Select(one => new GattValue(GattUuid.Of(one.Item1), one.Item2)));
            return upload.Measurements.Count + upload.Refusals.Count + records.RefuseWaiting().Refusals.Count > 0 || values.Any(one => one.Item1 == 0x2A34);
        },
        iter: 30_000);

    // Lengths made right, so that every field is reached with every number.
    [Fact]
    public void Whatever_the_numbers_it_answers() => Gen.Byte.Array[30].Sample(
        bytes =>
        {
            byte[] record = [0x1F, 1, 0, 0xEA, 7, 11, 24, 6, 30, 0, .. bytes[..7]];
            byte[] context = [0x7F, 1, 0, .. bytes[7..20]];
            return Read((0x2A18, Convert.ToHexString(record)), (0x2A34, Convert.ToHexString(context))) is { Measurements.Count: 2 } or { Refusals.Count: 1 };
        },
        iter: 30_000);

    /// <summary>A connection in which the mark does not hold: the count is asked twice.</summary>
    private async Task<MemoryPeripheral> TalkWholeAsync(MeterDouble meter, RecordingSink sink, int requests)
    {
        var peripheral = meter.Connect();
        var running = Driver.RunAsync(peripheral, Device, sink, CancellationToken.None);
        await UntilAsync("all requests", () => meter.Requests(peripheral).Count >= requests);
        await PartAsync(peripheral, running);
        return peripheral;
    }

    private static DecodedUpload Read(params (ushort Characteristic, string Hex)[] values) =>
        new GlucoseRecords(null).Read(values.Select(one => new GattValue(GattUuid.Of(one.Characteristic), Convert.FromHexString(one.Hex))));

    private static MeterDouble NewMeter(params string[] records)
    {
        var meter = new MeterDouble();
        meter.Memory.AddRange(records.Length > 0
            ? records.Select(record => (Convert.FromHexString(record), (byte[]?)null))
            : Held.Select(one => (Convert.FromHexString(one.Record), one.Context is null ? null : Convert.FromHexString(one.Context))));
        return meter;
    }

    private static string Show(Component component) => component.Value switch
    {
        MeasuredValue.Quantity quantity => string.Create(CultureInfo.InvariantCulture, $"{quantity.Comparator}{quantity.Number} {quantity.Unit}"),
        MeasuredValue.Absent absent => absent.Reason,
        _ => "",
    };
}
