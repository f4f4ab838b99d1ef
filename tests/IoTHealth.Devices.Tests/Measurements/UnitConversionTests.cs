using System.Text.Json;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Tests.Measurements;

public sealed class UnitConversionTests
{
    public static TheoryData<string> Vectors => [.. Resource.Lines("unit-convert.jsonl")];

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Vectors_hold(string vector)
    {
        var line = JsonDocument.Parse(vector).RootElement;
        var input = JsonDocument.Parse(line.GetProperty("input_text").GetString()!).RootElement;
        Assert.True(UnitConversion.TryConvert(
            input.GetProperty("value").GetDecimal(), input.GetProperty("from").GetString()!, input.GetProperty("to").GetString()!, out var result));
        var places = input.GetProperty("places").GetInt32();
        Assert.Equal(line.GetProperty("expect").GetProperty("value").GetDecimal(), decimal.Round(result, places, MidpointRounding.AwayFromZero));
    }

    [Theory]
    [InlineData("mmHg", "kPa")]
    [InlineData("mg/dL", "mmol/L")]
    [InlineData("degC", "degF")]
    [InlineData("lb", "kg")]
    [InlineData("in", "cm")]
    public void Conversions_go_back(string from, string to)
    {
        Assert.True(UnitConversion.TryConvert(37.5m, from, to, out var there));
        Assert.True(UnitConversion.TryConvert(there, to, from, out var back));
        Assert.Equal(37.5m, decimal.Round(back, 20));
    }

    [Theory]
    [InlineData("/min", "bpm")]
    [InlineData("1/min", "{beats}/min")]
    [InlineData("mm[Hg]", "mmHg")]
    public void Names_of_one_unit_are_one(string from, string to)
    {
        Assert.True(UnitConversion.TryConvert(58.0m, from, to, out var same));
        Assert.Equal("58.0", same.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("kg", "cm")]
    [InlineData("", "kg")]
    [InlineData("KPA", "mm[Hg]")]
    public void Unlike_units_do_not_convert(string from, string to) => Assert.False(UnitConversion.TryConvert(1, from, to, out _));

    [Theory]
    [InlineData("kPa", "mm[Hg]")]
    [InlineData("Cel", "[degF]")]
    [InlineData("m", "cm")]
    public void What_leaves_the_range_does_not_convert(string from, string to) =>
        Assert.False(UnitConversion.TryConvert(decimal.MaxValue, from, to, out _));
}
