using CsCheck;
using IoTHealth.Devices.Codecs.Gatt;
using IoTHealth.Devices.Codecs.Ieee11073;

namespace IoTHealth.Devices.Tests.Codecs;

public sealed class NumberAndGattTests
{
    // Against the definition itself: mantissa times ten to the exponent, specials only as whole words.
    [Fact]
    public void Every_sfloat_is_its_mantissa_times_ten_to_the_exponent()
    {
        for (var word = 0; word <= ushort.MaxValue; word++)
        {
            var number = MedicalNumber.FromSfloat((ushort)word);
            if (word is 0x07FF or 0x0800 or 0x07FE or 0x0802 or 0x0801)
            {
                Assert.True(number is { Value: null, Special: not null, AbsentReason: not null });
                continue;
            }

            var (exponent, mantissa) = (word >> 12, word & 0x0FFF);
            exponent = exponent > 7 ? exponent - 16 : exponent;
            mantissa = mantissa > 2047 ? mantissa - 4096 : mantissa;
            Assert.Equal(mantissa * Math.Pow(10, exponent), (double)number.Value!.Value, 1e-9 * Math.Abs(mantissa * Math.Pow(10, exponent)));
            Assert.Equal(exponent < 0 ? -exponent : 0, number.Value.Value.Scale);
        }
    }

    [Fact]
    public void Every_float_is_a_number_or_says_why_not() => Gen.UInt.Sample(
        word => MedicalNumber.FromFloat(word) is { Value: not null } or { AbsentReason: not null }, iter: 100_000);

    [Theory]
    [InlineData("e2070411", true)]
    [InlineData("00000411", true)]
    [InlineData("e2070d11", false)]
    [InlineData("e2070220", false)]
    [InlineData("e2070230", false)]
    [InlineData("0100040b", false)]
    public void Dates_that_do_not_exist_are_refused_and_unknown_parts_are_kept(string date, bool valid) =>
        Assert.Equal(valid, GattDateTime.Read(Convert.FromHexString(date + "0f3300")).IsValid);

    [Theory]
    [InlineData("0150000000000000000000000000000000000000")]
    [InlineData("00000000000000000000")]
    public void A_vendor_layout_on_2A35_is_told_by_its_length(string hex) =>
        Assert.False(BloodPressureMeasurement.TryRead(Convert.FromHexString(hex), out _, out _));

    [Fact]
    public void Reserved_flag_bits_are_ignored()
    {
        Assert.True(BloodPressureMeasurement.TryRead(Convert.FromHexString("e0780050005d00"), out var reading, out _));
        Assert.Equal(120, reading.Systolic.Value);
    }

    [Fact]
    public void An_offset_that_leaves_the_calendar_is_no_time()
    {
        Assert.True(GlucoseMeasurement.TryRead(Convert.FromHexString("0101000f270c1f173b3bff7f"), out var reading, out _));
        Assert.Null(reading.MeasuredAt);
    }

    [Fact]
    public void Requests_are_as_the_profile_writes_them()
    {
        Assert.Equal("0101", Convert.ToHexString(RecordAccess.ReportAll()));
        Assert.Equal("0103010201", Convert.ToHexString(RecordAccess.ReportFrom(0x0102)));
        Assert.Equal("0401", Convert.ToHexString(RecordAccess.CountAll()));
        Assert.Equal("0300", Convert.ToHexString(RecordAccess.Abort()));
    }
}
