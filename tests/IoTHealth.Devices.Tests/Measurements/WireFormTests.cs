using CsCheck;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Tests.Measurements;

public sealed class WireFormTests
{
    private static readonly Gen<decimal> AnyDecimal = Gen.Select(
        Gen.Int, Gen.Int, Gen.Int, Gen.Bool, Gen.Byte[0, 28], (low, middle, high, negative, scale) => new decimal(low, middle, high, negative, scale));

    [Theory]
    [InlineData("2")]
    [InlineData("2.00")]
    [InlineData("0")]
    [InlineData("0.0")]
    [InlineData("-36.50")]
    [InlineData("0.0000000000000000000000000001")]
    [InlineData("79228162514264337593543950335")]
    [InlineData("-79228162514264337593543950335")]
    [InlineData("7.9228162514264337593543950335")]
    public void Numbers_keep_their_scale(string number)
    {
        var sent = Samples.Quantity("heart-rate", decimal.Parse(number, System.Globalization.CultureInfo.InvariantCulture), "/min", "<");
        var quantity = Assert.IsType<MeasuredValue.Quantity>(RoundTrip(sent).Components.Single().Value);
        Assert.Equal(number, quantity.Number.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(("/min", "<"), (quantity.Unit, quantity.Comparator));
    }

    [Fact]
    public void All_decimals_come_back_as_they_went() => AnyDecimal.Sample(number =>
        ((MeasuredValue.Quantity)RoundTrip(Samples.Quantity("heart-rate", number, "x")).Components[0].Value).Number == number);

    public static TheoryData<string> Times => ["none", "local", "west", "east", "first", "last"];

    [Theory]
    [MemberData(nameof(Times))]
    public void Times_come_back(string which)
    {
        var device = which switch
        {
            "none" => null,
            "local" => new DeviceTime(new DateTime(2026, 11, 24, 3, 12, 0), null),
            "west" => new DeviceTime(new DateTime(2026, 11, 24), TimeSpan.FromHours(-14)),
            "east" => new DeviceTime(new DateTime(2026, 11, 24), TimeSpan.FromMinutes((14 * 60) - 15)),
            "first" => new DeviceTime(DateTime.MinValue, TimeSpan.Zero),
            _ => new DeviceTime(DateTime.MaxValue, TimeSpan.Zero),
        };
        var time = Samples.Time with
        {
            IsSynchronised = which == "west", AssumedOffset = which == "local" ? TimeSpan.FromMinutes(-570) : null,
            ZoneDoubt = which == "local" ? TimeSpan.FromHours(1) : TimeSpan.Zero, Device = device, Instant = which == "last" ? DateTimeOffset.MaxValue : DateTimeOffset.MinValue, MonotonicNanoseconds = long.MinValue,
        };
        Assert.Equal(time, RoundTrip(Samples.Absent("fall") with { Time = time }).Time);
    }

    [Fact]
    public void What_was_learned_of_clocks_comes_back() => Assert.All([Samples.GatewayClock, Samples.DeviceClock], clock =>
    {
        Assert.True(WireForm.TryDecodeClock(WireForm.Encode(clock), out var back, out var reason), reason);
        Assert.Equal(clock, back);
        Assert.NotEqual(clock.IdAt("gw-01"), clock.IdAt("gw-02"));
    });

    [Fact]
    public void A_measurement_comes_back()
    {
        var sent = Samples.Of(
            "blood-pressure",
            new Component("systolic", new MeasuredValue.Quantity(118.0m, "mm[Hg]", ">")),
            new Component("diastolic", new MeasuredValue.Absent(AbsentReason.Error)),
            new Component("fall", new MeasuredValue.Coded("urn:x", "検出"))) with
        { IdentityBasis = IdentityBasis.Received, Occurrence = int.MaxValue, Stable = [0, 255, 10] };
        var back = RoundTrip(sent);
        Assert.Equal(sent.Components, back.Components);
        Assert.Equal(sent.Stable, back.Stable);
        Assert.Equal(sent.Flags, back.Flags);
        Assert.Equal(sent with { Components = back.Components, Stable = back.Stable, Flags = back.Flags }, back);
        Assert.Equal(WireForm.Encode(sent), WireForm.Encode(back));
    }

    [Fact]
    public void An_empty_measurement_comes_back()
    {
        var sent = Samples.Of("fall") with { Flags = [], Stable = [], Driver = "" };
        Assert.Equal(WireForm.Encode(sent), WireForm.Encode(RoundTrip(sent)));
    }

    [Fact]
    public void A_batch_comes_back_with_kinds_nobody_knows()
    {
        Assert.True(WireForm.TryDecodeBatch(WireForm.Encode(Samples.Batch), out var back, out _));
        Assert.Equal((Samples.Batch.Journal, Samples.Batch.Head), (back.Journal, back.Head));
        Assert.Equal(
            Samples.Batch.Entries.Select(e => (e.Position, e.Kind, e.Id, e.Revision, e.Priority, Convert.ToHexString(e.Payload.Span))),
            back.Entries.Select(e => (e.Position, e.Kind, e.Id, e.Revision, e.Priority, Convert.ToHexString(e.Payload.Span))));
    }

    [Fact]
    public void An_alarm_comes_back()
    {
        Assert.True(WireForm.TryDecodeAlarm(WireForm.Encode(Samples.Alarm), out var back, out _));
        Assert.Equal(Samples.Alarm, back);
    }

    [Fact]
    public void An_acknowledgement_comes_back()
    {
        Assert.True(WireForm.TryDecodeAcknowledgement(WireForm.Encode(Samples.Acknowledgement), out var back, out _));
        Assert.Equal(Samples.Acknowledgement, back);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_assignment_comes_back(bool ended)
    {
        var sent = ended ? Samples.Assignment : Samples.Assignment with { To = null };
        Assert.True(WireForm.TryDecodeAssignment(WireForm.Encode(sent), out var back, out _));
        Assert.Equal(sent, back);
        Assert.Equal(sent.Id, back.Id);
    }

    [Fact]
    public void A_gap_comes_back()
    {
        var told = Samples.Gap with
        {
            Journal = new Guid("0f8fad5b-d9cb-469f-a165-70867728950e"),
            Runs = [new Interval(1, 3), new Interval(9, 22)],
            Origins = [new GapOrigin("serial:a/b/c", new DateOnly(2026, 11, 24), 16)],
        };
        Assert.True(WireForm.TryDecodeGap(WireForm.Encode(told), out var back, out _));
        Assert.Equal(told with { Runs = back.Runs, Origins = back.Origins }, back);
        Assert.Equal(told.Runs, back.Runs);
        Assert.Equal(told.Origins, back.Origins);
    }

    private static Measurement RoundTrip(Measurement measurement)
    {
        Assert.True(WireForm.TryDecodeMeasurement(WireForm.Encode(measurement), out var back, out var reason), reason);
        return back;
    }
}
