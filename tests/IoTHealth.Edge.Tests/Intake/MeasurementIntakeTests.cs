using IoTHealth.Devices;
using IoTHealth.Edge.Intake;
using IoTHealth.Edge.Journal;
using IoTHealth.Measurements;
using IoTHealth.Testing;
using Microsoft.Extensions.Time.Testing;

namespace IoTHealth.Edge.Tests.Intake;

public sealed class MeasurementIntakeTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private readonly FakeTimeProvider _time = new(Sample.Noon);
    private SqliteJournal _journal = null!;
    private MeasurementIntake _intake = null!;

    public ValueTask InitializeAsync()
    {
        _journal = SqliteJournal.Open(new JournalOptions { Folder = _folder.Path }, "gw-01", _time, ClockLog.Create);
        _intake = new MeasurementIntake(_journal, new GatewayClock(_time, () => true, default, Sample.Device.Zone), new ClockLog(_journal));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _journal.DisposeAsync();
        _folder.Dispose();
    }

    // Kind, value, unit; null where it is stored, else what the quarantine must say.
    [Theory]
    [InlineData("heart-rate", 58, "/min", null)]
    [InlineData("heart-rate", 20, "/min", null)]
    [InlineData("heart-rate", 300, "bpm", null)]
    [InlineData("heart-rate", 19.9, "/min", "implausible")]
    [InlineData("heart-rate", 999, "/min", "implausible")]
    [InlineData("heart-rate", 60, "kg", "cannot be compared")]
    [InlineData("body-temperature", 98.6, "degF", null)]
    [InlineData("body-temperature", 98.6, "Cel", "implausible")]
    [InlineData("glucose", 5.5, "mmol/L", null)]
    [InlineData("no-such-kind", 1, "/min", "not in the catalogue")]
    [InlineData("bed-presence", 1, "/min", "wrong kind")]
    public async Task Judges(string kind, double value, string unit, string? mistake)
    {
        await Accept(Sample.Decoded(kind, new MeasuredValue.Quantity((decimal)value, unit)));
        if (mistake is null)
        {
            Assert.Equal(1, _journal.Head);
            Assert.Empty(_journal.Quarantine(10));
        }
        else
        {
            Assert.Equal(0, _journal.Head);
            Assert.Contains(mistake, Assert.Single(_journal.Quarantine(10)).Bytes.Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_reading_that_no_message_to_the_cloud_holds_is_refused_with_its_bytes()
    {
        await Accept(Sample.Decoded("fall", new MeasuredValue.Coded("urn:iothealth:fall", "detected", new string('x', 300_000))));
        Assert.Equal(0, _journal.Head);
        Assert.Contains("more than a message", Assert.Single(_journal.Quarantine(10)).Bytes.Reason, StringComparison.Ordinal);
    }

    // What an implant remembers of 2013 is no unset clock; of the first days of 2000 it is.
    [Theory]
    [InlineData("implant-episode", 2013, TimeBasis.DeviceLocal)]
    [InlineData("implant-episode", 2000, TimeBasis.DeviceDistrusted)]
    [InlineData("heart-rate", 2013, TimeBasis.DeviceDistrusted)]
    public async Task Old_times_are_believed_of_devices_that_remember(string kind, int year, TimeBasis basis)
    {
        MeasuredValue value = kind == "heart-rate" ? new MeasuredValue.Quantity(60, "/min") : new MeasuredValue.Quantity(30, "s");
        var sign = kind == "heart-rate" ? kind : "episode-duration";
        var time = new DeviceTime(new DateTime(year, 1, 2, 3, 4, 5), null);
        await Accept(Sample.Decoded(kind, value, time: time) with { Components = [new Component(sign, value)] });
        Assert.True(WireForm.TryDecodeMeasurement(Assert.Single(_journal.Read(1, 1, 1, int.MaxValue)).Payload, out var stored, out _));
        Assert.Equal(basis, stored.Time.Basis);
    }

    [Fact]
    public async Task A_day_without_a_time_of_day_is_uncertain_by_a_day()
    {
        var time = new DeviceTime(new DateTime(2026, 11, 23), null);
        await Accept(Sample.Decoded("heart-rate", new MeasuredValue.Quantity(60, "/min"), time: time) with { Flags = [MeasurementFlag.TimeOfDayUnknown] });
        Assert.True(WireForm.TryDecodeMeasurement(Assert.Single(_journal.Read(1, 1, 1, int.MaxValue)).Payload, out var stored, out _));
        Assert.Equal(TimeSpan.FromDays(1), stored.Time.Uncertainty);
    }

    [Fact]
    public async Task A_document_is_kept_in_parts_and_once()
    {
        var content = new byte[(2 * DocumentPart.ContentMaximum) + 1];
        var upload = new DecodedUpload([], []) { Documents = [new DecodedDocument("Report", "application/pdf", content, null)] };
        await _intake.AcceptAsync(Sample.Device, upload, CancellationToken.None);
        await _intake.AcceptAsync(Sample.Device, upload, CancellationToken.None);
        var parts = _journal.Read(1, 10, 10, int.MaxValue).Select(entry =>
        {
            Assert.Equal((EntryKind.DocumentPart, EntryPriority.Episode), (entry.Kind, entry.Priority));
            Assert.True(WireForm.TryDecodeDocumentPart(entry.Payload, out var part, out var reason), reason);
            return part;
        });
        Assert.Equal(content, DocumentPart.Join([.. parts]));
    }

    [Theory]
    [InlineData("<", 9, true)]
    [InlineData("", 9, false)]
    [InlineData(">", 801, true)]
    [InlineData("<", 801, false)]
    [InlineData("<", -1, false)]
    public async Task A_limit_of_the_meter_may_lie_just_outside(string comparator, int value, bool stored)
    {
        await Accept(Sample.Decoded("glucose", new MeasuredValue.Quantity(value, "mg/dL", comparator)));
        Assert.Equal(stored ? 1 : 0, _journal.Head);
    }

    [Fact]
    public async Task A_bad_record_takes_no_neighbour_with_it_and_keeps_its_bytes()
    {
        await _intake.AcceptAsync(
            Sample.Device,
            new DecodedUpload(
                [Rate(1, 58), Rate(2, 999), Rate(3, 59)],
                [new Refusal("field 'seq' is missing", "{\"hr\":1}"u8.ToArray())]),
            TestContext.Current.CancellationToken);
        Assert.Equal(2, _journal.Head);
        var quarantined = _journal.Quarantine(10);
        Assert.Equal(["raw", "{\"hr\":1}"], quarantined.Select(q => System.Text.Encoding.UTF8.GetString(q.Bytes.Raw.Span)));
        Assert.All(quarantined, q => Assert.Equal("robot-01", q.Bytes.Source));
    }

    [Fact]
    public async Task A_repeat_at_another_time_is_the_same_reading()
    {
        await Accept(Rate(1, 58));
        _time.Advance(TimeSpan.FromHours(3));
        await Accept(Rate(1, 58));
        Assert.Equal(1, _journal.Head);
    }

    [Fact]
    public async Task Without_a_device_identity_two_receipts_are_two_readings_and_say_so()
    {
        var anonymous = Rate(1, 58) with { Stable = [] };
        await Accept(anonymous);
        await Accept(anonymous);
        var measurements = _journal.Read(1, 2, 2, int.MaxValue).Select(Decode).ToList();
        Assert.All(measurements, m => Assert.Equal(IdentityBasis.Received, m.IdentityBasis));
        Assert.NotEqual(measurements[0].Id, measurements[1].Id);
    }

    [Fact]
    public async Task An_unset_clock_is_flagged_and_never_changes_the_id()
    {
        var unset = new DeviceTime(new DateTime(2000, 1, 1), TimeSpan.Zero);
        await Accept(Sample.Decoded("heart-rate", new MeasuredValue.Quantity(60, "/min"), 5, unset));
        var measurement = Decode(_journal.Read(1, 1, 1, int.MaxValue)[0]);
        Assert.Contains("clock-distrusted", measurement.Flags);
        Assert.Equal(Sample.Noon, measurement.Time.Instant);
        Assert.Equal(Sample.HeartRate(5).Id, measurement.Id);
    }

    [Fact]
    public async Task A_gateway_that_woke_in_the_past_believes_a_zoned_device_and_says_so()
    {
        var real = Sample.Noon.AddDays(30);
        var clock = new GatewayClock(_time, () => false, passed: real.AddMinutes(-10), Sample.Device.Zone);
        var device = new DeviceTime(real.UtcDateTime, TimeSpan.Zero);
        await new MeasurementIntake(_journal, clock, new ClockLog(_journal)).AcceptAsync(
            Sample.Device,
            new DecodedUpload([Sample.Decoded("heart-rate", new MeasuredValue.Quantity(60, "/min"), 5, device), Rate(6, 61)], []),
            TestContext.Current.CancellationToken);
        var measurements = _journal.Read(1, 2, 2, int.MaxValue).Select(Decode).ToList();
        Assert.Equal(real, measurements[0].Time.Instant);
        Assert.True(measurements[1].Time.Uncertainty > TimeSpan.FromDays(29));
        Assert.All(measurements, m => Assert.Contains("clock-gateway-behind", m.Flags));
    }

    // Receipt in UTC; the day in Tokyo. What the device's clock shows has no part in it.
    [Theory]
    [InlineData("2026-11-24T14:59:59Z", "2026-11-24")]
    [InlineData("2026-11-24T15:00:00Z", "2026-11-25")]
    public async Task What_comes_counts_for_its_device_on_the_facility_s_day_of_receipt(string receivedText, string day)
    {
        var received = DateTimeOffset.Parse(receivedText, System.Globalization.CultureInfo.InvariantCulture);
        var journal = new FaultyJournal(_journal);
        var time = new DeviceTime(received.UtcDateTime.AddDays(-3), TimeSpan.Zero);
        await new MeasurementIntake(journal, new GatewayClock(new FakeTimeProvider(received), () => true, default, Sample.Device.Zone), new ClockLog(_journal)).AcceptAsync(
            Sample.Device,
            new DecodedUpload(
                [Sample.Decoded("heart-rate", new MeasuredValue.Quantity(60, "/min"), 1, time), Rate(2, 999)],
                [new Refusal("not JSON", "{"u8.ToArray())]),
            TestContext.Current.CancellationToken);
        var expected = new Origin(Sample.Device.Id.Value, DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(expected, Assert.Single(journal.LastWrite!.Entries).Origin);
        Assert.Equal([expected, expected], journal.LastWrite.Quarantine.Select(one => one.Origin));
    }

    [Fact]
    public async Task The_last_receipt_is_found_again()
    {
        Assert.Equal(default, LastReceipt.In(_journal, ClockBook.Empty));
        await Accept(Rate(1, 58));
        Assert.Equal(Sample.Noon, LastReceipt.In(_journal, ClockBook.Empty));
    }

    private static DecodedMeasurement Rate(int sequence, decimal rate) =>
        Sample.Decoded("heart-rate", new MeasuredValue.Quantity(rate, "/min"), sequence);

    private static Measurement Decode(Entry entry)
    {
        Assert.True(WireForm.TryDecodeMeasurement(entry.Payload, out var measurement, out var reason), reason);
        return measurement;
    }

    private ValueTask Accept(DecodedMeasurement decoded) =>
        _intake.AcceptAsync(Sample.Device, new DecodedUpload([decoded], []), TestContext.Current.CancellationToken);
}
