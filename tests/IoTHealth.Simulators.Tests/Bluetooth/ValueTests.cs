using IoTHealth.Simulators.BloodPressureCuff;
using IoTHealth.Simulators.Bluetooth;
using IoTHealth.Simulators.Bluetooth.Gatt;
using IoTHealth.Simulators.GlucoseMeter;

namespace IoTHealth.Simulators.Tests.Bluetooth;

/// <summary>Values against bytes worked by hand from the specifications.</summary>
public sealed class ValueTests
{
    private static readonly DateTime Time = new(2026, 11, 24, 7, 12, 5);

    [Theory]
    [InlineData("128", 0x0080)]
    [InlineData("17.1", 0xF0AB)]
    [InlineData("17.0", 0xF0AA)]
    [InlineData("2.0", 0xF014)]
    [InlineData("2.00", 0xE0C8)]
    [InlineData("-0.1", 0xFFFF)]
    [InlineData("0", 0x0000)]
    [InlineData("2045", 0x07FD)]
    [InlineData("-2045", 0x0803)]
    public void A_number_keeps_its_decimals(string number, int word) =>
        Assert.Equal(word, Sfloat.Of(decimal.Parse(number, System.Globalization.CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData(133, -5, 0xB085)]
    [InlineData(74, -4, 0xC04A)]
    [InlineData(1, 7, 0x7001)]
    [InlineData(-1, -8, 0x8FFF)]
    public void Mantissa_and_exponent_make_a_word(int mantissa, int exponent, int word) => Assert.Equal(word, Sfloat.Of(mantissa, exponent));

    [Theory]
    [InlineData(2046, 0)]
    [InlineData(-2046, 0)]
    [InlineData(1, 8)]
    [InlineData(1, -9)]
    public void What_would_be_a_special_value_or_does_not_fit_is_no_number(int mantissa, int exponent) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Sfloat.Of(mantissa, exponent));

    [Fact]
    public void Blood_pressure_in_millimetres() => AssertHex(
        "1E 8000 4E00 5F00 EA070B18070C05 4200 01 0400",
        BloodPressureValue.Encode(new CuffReading(1, Time, PressureUnit.MillimetreOfMercury, 128, 78, 95, 66, 1, 0x04)));

    [Fact]
    public void Blood_pressure_in_kilopascal_without_mean() => AssertHex(
        "1F ABF0 68F0 FF07 EA070B18070C05 4200 FF 0000",
        BloodPressureValue.Encode(new CuffReading(1, Time, PressureUnit.Kilopascal, 17.1m, 10.4m, null, 66, 255, 0)));

    [Theory]
    [InlineData(128, "17.1")]
    [InlineData(127.5, "17.0")]
    [InlineData(75.0062, "10.0")]
    public void Kilopascal_are_shown_with_one_decimal(double millimetres, string shown) =>
        Assert.Equal(shown, PressureUnit.Kilopascal.Show(millimetres).ToString(System.Globalization.CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("133", null, false, "F", "12 0100 EA070B18070C05 85B0 11", "02 0100 03")]
    [InlineData("133", null, false, "A/M0/T1", "12 0100 EA070B18070C05 85B0 11", "02 0100 02")]
    [InlineData("98", null, false, "B", "12 0100 EA070B18070C05 62B0 11", "02 0100 01")]
    [InlineData("98", null, false, "", "02 0100 EA070B18070C05 62B0 11", null)]
    [InlineData("601", "high", false, ">", "0A 0100 EA070B18070C05 59B2 11 2000", null)]
    [InlineData("9", "low", false, "F/<", "1A 0100 EA070B18070C05 09B0 11 4000", "02 0100 03")]
    [InlineData("128", null, true, "C", "02 0100 EA070B18070C05 80B0 4A", null)]
    public void Glucose_by_mass(string value, string? outOfRange, bool control, string markers, string expected, string? context)
    {
        var record = new MemoryRecord(1, Time, value, GlucoseUnit.Mass, outOfRange, control, markers);
        AssertHex(expected, GlucoseValue.Encode(record));
        Assert.Equal(context?.Replace(" ", "", StringComparison.Ordinal), GlucoseValue.EncodeContext(record) is { } bytes ? Convert.ToHexString(bytes) : null);
    }

    [Theory]
    [InlineData("7.4", null, "06 2C01 EA070B18070C05 4AC0 11")]
    [InlineData("33.4", "high", "0E 2C01 EA070B18070C05 4EC1 11 2000")]
    public void Glucose_by_substance(string value, string? outOfRange, string expected) =>
        AssertHex(expected, GlucoseValue.Encode(new MemoryRecord(300, Time, value, GlucoseUnit.Molar, outOfRange, false, "")));

    [Fact]
    public void Current_time_says_the_day_of_the_week_and_is_read_back()
    {
        AssertHex("EA070B18070C05 02 80 00", CurrentTime.Encode(Time.AddMilliseconds(500)));
        AssertHex("EA070B16000000 07 00 00", CurrentTime.Encode(new DateTime(2026, 11, 22)));
        Assert.Equal(Time.AddMilliseconds(500), CurrentTime.Decode(CurrentTime.Encode(Time.AddMilliseconds(500))));
    }

    [Theory]
    [InlineData("EA070B18070C05", AttRefusal.InvalidLength)]
    [InlineData("EA070D18070C05020000", AttRefusal.DataFieldIgnored)]
    [InlineData("00000000000000000000", AttRefusal.DataFieldIgnored)]
    public void What_is_no_time_is_refused(string hex, byte code) =>
        Assert.Equal(code, Assert.Throws<AttRefusal>(() => CurrentTime.Decode(Convert.FromHexString(hex))).Code);

    private static void AssertHex(string expected, byte[] value) =>
        Assert.Equal(expected.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(value));
}
