using CsCheck;
using Google.Protobuf;
using IoTHealth.Measurements;
using IoTHealth.Measurements.Wire;

namespace IoTHealth.Devices.Tests.Measurements;

/// <summary>No input makes a decoder throw, and what one accepts can be used.</summary>
public sealed class WireFormTotalityTests
{
    private static readonly byte[][] Valid =
    [
        WireForm.Encode(Samples.Batch), WireForm.Encode(Samples.Quantity("heart-rate", 2.00m, "/min")), WireForm.Encode(Samples.Coded("fall", "detected")),
        WireForm.Encode(Samples.Alarm), WireForm.Encode(Samples.Acknowledgement), WireForm.Encode(Samples.Assignment), WireForm.Encode(Samples.Gap),
        WireForm.Encode(Samples.DocumentPart), WireForm.Encode(Samples.GatewayClock), WireForm.Encode(Samples.DeviceClock),
    ];

    private static readonly Gen<byte[]> Mutated = Gen.Select(
        Gen.Int[0, Valid.Length - 1], Gen.Select(Gen.Int[0, 400], Gen.Byte, Gen.Int[0, 3]).Array[1, 6], Mutate);

    private static readonly Gen<long> Ticks = Gen.OneOf<long>(
        Gen.Long, Gen.OneOf(long.MinValue, -1L, 0L, DateTime.MaxValue.Ticks, DateTime.MaxValue.Ticks + 1, long.MaxValue));

    private static readonly Gen<string> Number = Gen.OneOf<string>(
        Gen.String, Gen.OneOf("", "NaN", "1,000", " 1", "1 ", "1e5", "(1)", "1-", "¤1", "-0", "1.", ".5", "٣", "79228162514264337593543950336", "1\0"));

    [Fact]
    public void Random_bytes_never_throw() => Gen.Byte.Array[0, 200].Sample(DecodeAll, iter: 5_000);

    [Fact]
    public void Mutated_messages_never_throw() => Mutated.Sample(DecodeAll, iter: 15_000);

    [Fact]
    public void Every_beginning_of_a_message_never_throws() =>
        Assert.All(Valid.SelectMany(bytes => Enumerable.Range(0, bytes.Length).Select(length => bytes[..length])), DecodeAll);

    [Fact]
    public void Well_formed_messages_with_impossible_times_never_throw() => Gen.Select(
        Ticks, Ticks, Ticks, Ticks, Gen.Int, Gen.Byte.Array[0, 17], Gen.Bool).Sample((device, received, instant, uncertainty, offset, boot, zoned) =>
    {
        var message = MeasurementMessage.Parser.ParseFrom(Valid[1]);
        message.Time = new TimeMessage
        {
            HasDevice = true, DeviceTicks = device, HasDeviceOffset = zoned, DeviceOffsetMinutes = offset, Boot = ByteString.CopyFrom(boot),
            ReceivedTicks = received, InstantTicks = instant, UncertaintyTicks = uncertainty, Basis = offset, MonotonicNanoseconds = instant,
        };
        DecodeAll(message.ToByteArray());
        DecodeAll(new AlarmMessage { Id = message.Id, Trigger = message.Id, InstantTicks = instant, RaisedTicks = received }.ToByteArray());
        DecodeAll(new AcknowledgementMessage { Alarm = message.Id, AtTicks = instant }.ToByteArray());
        var clock = ClockMessage.Parser.ParseFrom(WireForm.Encode(Samples.DeviceClock));
        (clock.WallTicks, clock.ShownTicks, clock.MonotonicNanoseconds, clock.AssumedOffsetMinutes) = (received, device, uncertainty, offset);
        (clock.HasShownOffset, clock.ShownOffsetMinutes) = (zoned, offset % 900);
        DecodeAll(clock.ToByteArray());
        DecodeAll(new AssignmentMessage { FromTicks = instant, HasTo = zoned, ToTicks = received, RecordedTicks = device }.ToByteArray());
    });

    [Fact]
    public void Well_formed_messages_with_impossible_numbers_never_throw() => Number.Sample(number => DecodeAll(WithNumber(number)));

    [Theory]
    [InlineData("1,000")]
    [InlineData("1e3")]
    [InlineData(" 1")]
    [InlineData("1-")]
    [InlineData("")]
    [InlineData("NaN")]
    [InlineData("79228162514264337593543950336")]
    public void Only_plain_decimals_are_numbers(string number) =>
        Assert.False(WireForm.TryDecodeMeasurement(WithNumber(number), out _, out _));

    [Theory]
    [InlineData(-840, true)]
    [InlineData(840, true)]
    [InlineData(841, false)]
    [InlineData(-841, false)]
    [InlineData(int.MaxValue, false)]
    [InlineData(int.MinValue, false)]
    public void Offsets_are_those_that_make_an_instant(int minutes, bool accepted)
    {
        var message = MeasurementMessage.Parser.ParseFrom(Valid[1]);
        message.Time.DeviceOffsetMinutes = minutes;
        Assert.Equal(accepted, WireForm.TryDecodeMeasurement(message.ToByteArray(), out _, out _));
    }

    [Fact]
    public void Text_that_is_not_unicode_never_throws() => Assert.All(Valid, bytes => Assert.All(Enumerable.Range(0, bytes.Length), at =>
    {
        byte[] spoilt = [.. bytes];
        spoilt[at] = 0xFF;
        DecodeAll(spoilt);
    }));

    private static byte[] WithNumber(string number)
    {
        var message = MeasurementMessage.Parser.ParseFrom(Valid[1]);
        message.Components[0].Quantity.Number = number;
        return message.ToByteArray();
    }

    private static void DecodeAll(byte[] bytes)
    {
        if (WireForm.TryDecodeMeasurement(bytes, out var measurement, out var reason))
        {
            Use(measurement);
        }
        else
        {
            Assert.NotEqual("", reason);
        }

        Assert.True(WireForm.TryDecodeBatch(bytes, out var batch, out reason) ? batch.Entries.Count > 0 : reason.Length > 0);
        Assert.True(WireForm.TryDecodeAlarm(bytes, out var alarm, out reason) ? WireForm.Encode(alarm).Length > 0 : reason.Length > 0);
        Assert.True(WireForm.TryDecodeAcknowledgement(bytes, out _, out reason) || reason.Length > 0);
        Assert.True(WireForm.TryDecodeAssignment(bytes, out var assignment, out reason) ? assignment.Id != default : reason.Length > 0);
        Assert.True(WireForm.TryDecodeGap(bytes, out _, out reason) || reason.Length > 0);
        if (WireForm.TryDecodeClock(bytes, out var clock, out reason))
        {
            Use(clock);
        }

        Assert.NotNull(reason);
        Assert.True(WireForm.TryDecodeDocumentPart(bytes, out _, out reason) || reason.Length > 0);
    }

    // Whatever two readings and entries say of time, the instant can be derived.
    private static void Use(ClockEntry clock)
    {
        Assert.NotEmpty(WireForm.Encode(clock));
        var book = ClockBook.Empty.With(clock).With(Samples.GatewayClock).With(Samples.DeviceClock);
        _ = InstantRevision.Revise(Samples.Quantity("heart-rate", 1, "/min"), book);
        _ = book.At(clock.Boot, long.MaxValue);
        _ = book.At(clock.Boot, long.MinValue);
    }

    // What the cloud will do with it.
    private static void Use(Measurement measurement)
    {
        Assert.NotEmpty(WireForm.Encode(measurement));
        Assert.Equal(measurement.Id, InstantRevision.Revise(measurement, ClockBook.Empty.With(Samples.GatewayClock).With(Samples.DeviceClock)).Id);
        _ = WireForm.RevisionOf(measurement);
        if (measurement.Time.Device is { Offset: { } offset } device)
        {
            _ = new DateTimeOffset(new DateTime(2026, 1, 1).AddTicks(device.Wall.Ticks % 1000), offset);
        }
    }

    private static byte[] Mutate(int which, (int At, byte Value, int How)[] steps)
    {
        var bytes = Valid[which].ToList();
        foreach (var (at, value, how) in steps)
        {
            var index = at % bytes.Count;
            switch (how)
            {
                case 0: bytes[index] = value; break;
                case 1: bytes[index] ^= (byte)(1 << (value % 8)); break;
                case 2: bytes.Insert(index, value); break;
                default: bytes.RemoveAt(index); break;
            }
        }

        return [.. bytes];
    }
}
