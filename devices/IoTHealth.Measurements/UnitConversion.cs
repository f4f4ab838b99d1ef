using System.Collections.Frozen;

namespace IoTHealth.Measurements;

/// <summary>
/// Conversion between the units devices send and the catalogue's UCUM units. Factors: 1 kPa = 7.50062 mmHg, glucose
/// 180.156 g/mol, 1 lb = 0.45359237 kg, 1 in = 2.54 cm.
/// </summary>
public static class UnitConversion
{
    private static readonly FrozenDictionary<string, string> Names = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["mmHg"] = "mm[Hg]", ["degC"] = "Cel", ["degF"] = "[degF]", ["lb"] = "[lb_av]", ["in"] = "[in_i]", ["bpm"] = "/min",
        ["1/min"] = "/min", ["{beats}/min"] = "/min", ["{breaths}/min"] = "/min",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<(string From, string To), Func<decimal, decimal>> Conversions =
        new Dictionary<(string, string), Func<decimal, decimal>>
        {
            [("kPa", "mm[Hg]")] = value => value * 7.50062m,
            [("mm[Hg]", "kPa")] = value => value / 7.50062m,
            [("mmol/L", "mg/dL")] = value => value * 18.0156m,
            [("mg/dL", "mmol/L")] = value => value / 18.0156m,
            [("[degF]", "Cel")] = value => (value - 32m) * 5m / 9m,
            [("Cel", "[degF]")] = value => value * 9m / 5m + 32m,
            [("[lb_av]", "kg")] = value => value * 0.45359237m,
            [("kg", "[lb_av]")] = value => value / 0.45359237m,
            [("[in_i]", "cm")] = value => value * 2.54m,
            [("cm", "[in_i]")] = value => value / 2.54m,
            [("m", "cm")] = value => value * 100m,
            [("g", "kg")] = value => value / 1000m,
            [("V", "mV")] = value => value * 1000m,
            [("mV", "V")] = value => value / 1000m,
            [("s", "ms")] = value => value * 1000m,
            [("ms", "s")] = value => value / 1000m,
            [("min", "s")] = value => value * 60m,
            [("h", "s")] = value => value * 3600m,
            [("a", "mo")] = value => value * 12m,
        }.ToFrozenDictionary();

    /// <summary>The UCUM code of a unit name that devices use; UCUM codes themselves pass through.</summary>
    public static string ToUcum(string unit) => Names.GetValueOrDefault(unit, unit);

    /// <summary>Converts without rounding; false when no conversion is known or the result leaves the decimal range.</summary>
    public static bool TryConvert(decimal value, string from, string to, out decimal result)
    {
        (from, to) = (ToUcum(from), ToUcum(to));
        result = value;
        if (from == to)
        {
            return true;
        }

        if (!Conversions.TryGetValue((from, to), out var convert))
        {
            return false;
        }

        try
        {
            result = convert(value);
            return true;
        }
        catch (OverflowException)
        {
            return false;
        }
    }
}
