using System.Collections.Frozen;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Pacemaker;

/// <summary>Units as senders of IDCO reports write them, in UCUM. The nomenclature counts in annotations (<c>{shocks}</c>), UCUM in 1.</summary>
internal static class IdcoUnits
{
    private const string One = "1";

    private static readonly FrozenDictionary<string, string> Names = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["V"] = "V", ["volt"] = "V", ["volts"] = "V", ["MDC_DIM_VOLT"] = "V",
        ["mV"] = "mV", ["MDC_DIM_MILLI_VOLT"] = "mV",
        ["Ohm"] = "Ohm", ["Ohms"] = "Ohm", ["\u03A9"] = "Ohm", ["\u2126"] = "Ohm", ["MDC_DIM_OHM"] = "Ohm",
        ["mo"] = "mo", ["month"] = "mo", ["months"] = "mo", ["MDC_DIM_MONTH"] = "mo", ["a"] = "a", ["year"] = "a", ["years"] = "a",
        ["s"] = "s", ["sec"] = "s", ["MDC_DIM_SEC"] = "s", ["ms"] = "ms", ["msec"] = "ms", ["MDC_DIM_MILLI_SEC"] = "ms",
        ["min"] = "min", ["h"] = "h", ["%"] = "%", ["percent"] = "%", ["MDC_DIM_PERCENT"] = "%",
        ["/min"] = "/min", ["1/min"] = "/min", ["min-1"] = "/min", ["bpm"] = "/min", ["ppm"] = "/min", ["MDC_DIM_BEAT_PER_MIN"] = "/min",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The unit of a number; empty where the sender names none and the sign is no count.</summary>
    public static string Of(string sent, VitalSign sign)
    {
        var unit = WithoutAnnotation(sent.Trim());
        return unit.Length == 0 ? Implied(sent, sign) : Names.GetValueOrDefault(unit, unit);
    }

    private static string Implied(string sent, VitalSign sign) => sent.Length > 0 || sign.Unit == One ? One : "";

    // {beats}/min is /min.
    private static string WithoutAnnotation(string unit)
    {
        var end = unit.StartsWith('{') ? unit.IndexOf('}', StringComparison.Ordinal) : -1;
        return end < 0 ? unit : unit[(end + 1)..];
    }
}
