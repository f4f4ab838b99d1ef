using System.Globalization;

namespace IoTHealth.Devices.Codecs.Astm;

/// <summary>One record of ASTM E1394 (CLSI LIS02-A2) as glucose meters of the Contour family send it.</summary>
public abstract record AstmRecord
{
    private const char Field = '|';
    private const char Component = '^';
    private const char Repeat = '\\';

    private AstmRecord()
    {
    }

    /// <summary>H: who is sending.</summary>
    /// <param name="Product">Product name.</param>
    /// <param name="Versions">Versions of digital engine, analogue engine and game board.</param>
    /// <param name="Serial">Serial number.</param>
    /// <param name="Sku">SKU, or null.</param>
    /// <param name="ResultCount">Results in the memory, or null.</param>
    /// <param name="Unit">The meter's display unit, or null; a result's own unit counts.</param>
    /// <param name="LowLimit">Lowest value the meter shows, in its display unit, or null.</param>
    /// <param name="HighLimit">Highest value the meter shows, in its display unit, or null.</param>
    /// <param name="MeterTime">The meter's clock, or null.</param>
    public sealed record Header(
        string Product, IReadOnlyList<string> Versions, string Serial, string? Sku, int? ResultCount, string? Unit, decimal? LowLimit,
        decimal? HighLimit, DateTime? MeterTime) : AstmRecord;

    /// <summary>P: the patient, on meters always 1.</summary>
    public sealed record Patient(int? Sequence) : AstmRecord;

    /// <summary>R: one result.</summary>
    /// <param name="Sequence">Number within this upload; not an identity.</param>
    /// <param name="Analyte">Glucose, Ketone, Carb, Insulin.</param>
    /// <param name="Value">The number.</param>
    /// <param name="Unit">Unit of the number.</param>
    /// <param name="Method">P plasma-referenced, B whole blood, or null.</param>
    /// <param name="Markers">All markers, as sent.</param>
    /// <param name="Time">The meter's clock, or null.</param>
    public sealed record Result(
        int Sequence, string Analyte, decimal Value, string Unit, string? Method, IReadOnlyList<string> Markers, DateTime? Time) : AstmRecord
    {
        /// <summary><c>high</c> or <c>low</c> where the value is a limit of the meter, else null.</summary>
        public string? OutOfRange => Markers.Contains(">") ? "high" : Markers.Contains("<") ? "low" : null;

        /// <summary>A test of the meter, never a value of a person.</summary>
        public bool IsControl => Markers.Contains("C");
    }

    /// <summary>L: the end.</summary>
    public sealed record Terminator(string Code) : AstmRecord;

    /// <summary>O, C, Q, M, S: kept as they are.</summary>
    public sealed record Other(string Type, string Text) : AstmRecord;

    /// <summary>Reads one record, with or without its CR.</summary>
    public static bool TryRead(string text, out AstmRecord record, out string reason)
    {
        record = null!;
        var fields = text.TrimEnd('\r', '\n').Split(Field);
        reason = fields[0] switch
        {
            "H" => ReadHeader(fields, out record),
            "R" => ReadResult(fields, out record),
            "P" => Accept(new Patient(Whole(At(fields, 1))), out record),
            "L" => Accept(new Terminator(At(fields, 3)), out record),
            "O" or "C" or "Q" or "M" or "S" => Accept(new Other(fields[0], text), out record),
            _ => "no record type of LIS02 stands at its beginning",
        };
        return reason.Length == 0;
    }

    private static string ReadHeader(string[] fields, out AstmRecord record)
    {
        record = null!;
        if (At(fields, 1) != @"\^&")
        {
            return @"the delimiters are not \^&";
        }

        var sender = At(fields, 4).Split(Component);
        if (sender.Length < 3 || sender[2].Length == 0)
        {
            return "the header names no product and serial number";
        }

        var settings = At(fields, 5).Split(Component).Select(s => s.Split('=', 2)).Where(s => s.Length == 2)
            .GroupBy(s => s[0], StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First()[1], StringComparer.Ordinal);
        var (low, high) = Limits(settings);
        var sku = sender.Length > 3 ? sender[3].TrimEnd('-') : "";
        record = new Header(
            sender[0], sender[1].Split(Repeat), sender[2], sku.Length > 0 ? sku : null, Whole(At(fields, 6)),
            settings.GetValueOrDefault("U") switch { "0" => "mg/dL", "1" => "mmol/L", _ => null },
            low, high, ReadTime(fields.LastOrDefault(f => f.Length > 0)));
        return "";
    }

    // V = low and high limit in one number, the last three digits the high one; whole mg/dL, or tenths of a mmol/L when the meter shows those.
    private static (decimal? Low, decimal? High) Limits(Dictionary<string, string> settings)
    {
        if (!settings.TryGetValue("V", out var limits) || limits.Length is < 5 or > 8 || !limits.All(char.IsAsciiDigit))
        {
            return (null, null);
        }

        var divisor = settings.GetValueOrDefault("U") == "1" ? 10m : 1m;
        return (Number(limits[..^3])!.Value / divisor, Number(limits[^3..])!.Value / divisor);
    }

    private static string ReadResult(string[] fields, out AstmRecord record)
    {
        record = null!;
        var analyte = At(fields, 2).Split(Component).LastOrDefault(part => part.Length > 0);
        var unit = At(fields, 4).Split(Component);
        if (Whole(At(fields, 1)) is not { } sequence || analyte is null)
        {
            return "the result has no number or no analyte";
        }

        if (Number(At(fields, 3)) is not { } value)
        {
            return $"the value of result {sequence} is not a number";
        }

        var written = At(fields, 8);
        if (written.Length > 0 && ReadTime(written) is null)
        {
            return $"the time of result {sequence} is not a time";
        }

        record = new Result(
            sequence, analyte, value, unit[0], unit.Length > 1 && unit[1].Length > 0 ? unit[1] : null,
            [.. At(fields, 6).Split('/').Where(marker => marker.Length > 0)], ReadTime(written));
        return "";
    }

    private static string Accept(AstmRecord read, out AstmRecord record)
    {
        record = read;
        return "";
    }

    private static string At(string[] fields, int index) => index < fields.Length ? fields[index] : "";

    private static int? Whole(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static decimal? Number(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static DateTime? ReadTime(string? text) => DateTime.TryParseExact(
        text, ["yyyyMMddHHmmss", "yyyyMMddHHmm", "yyyyMMdd"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;
}
