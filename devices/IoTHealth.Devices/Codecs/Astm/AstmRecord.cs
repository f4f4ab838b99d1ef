using System.Globalization;

namespace IoTHealth.Devices.Codecs.Astm;

/// <summary>One record of ASTM E1394 (CLSI LIS02-A2) as glucose meters of the Contour family send it.</summary>
public abstract record AstmRecord
{
    private const char Field = '|';
    private const char Component = '^';
    private const char Repeat = '\\';
    private const char Marker = '/';

    // More than any record of these meters has; what lies behind is not looked at.
    private const int FieldsMaximum = 16;

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
        var fields = new Fields(text.AsSpan().TrimEnd("\r\n"), stackalloc Range[FieldsMaximum]);
        reason = fields[0] switch
        {
            "H" => ReadHeader(fields, out record),
            "R" => ReadResult(fields, out record),
            "P" => Accept(new Patient(Whole(fields[1])), out record),
            "L" => Accept(new Terminator(fields[3].ToString()), out record),
            "O" or "C" or "Q" or "M" or "S" => Accept(new Other(fields[0].ToString(), text), out record),
            _ => "no record type of LIS02 stands at its beginning",
        };
        return reason.Length == 0;
    }

    private static string ReadHeader(in Fields fields, out AstmRecord record)
    {
        record = null!;
        if (fields[1] is not @"\^&")
        {
            return @"the delimiters are not \^&";
        }

        var sender = fields[4];
        var serial = sender.Part(Component, 2);
        if (serial.Length == 0)
        {
            return "the header names no product and serial number";
        }

        var unit = Setting(fields[5], 'U') switch { "0" => "mg/dL", "1" => "mmol/L", _ => null };
        var (low, high) = Limits(Setting(fields[5], 'V'), unit);
        record = new Header(
            sender.Part(Component, 0).ToString(), sender.Part(Component, 1).Parts(Repeat), serial.ToString(),
            TextOrNull(sender.Part(Component, 3).TrimEnd('-')), Whole(fields[6]),
            unit, low, high, ReadTime(fields.Line.LastPart(Field)));
        return "";
    }

    // V = low and high limit in one number, the last three digits the high one; whole mg/dL, or tenths of a mmol/L when the meter shows those.
    private static (decimal? Low, decimal? High) Limits(ReadOnlySpan<char> limits, string? unit)
    {
        if (limits.Length is < 5 or > 8 || limits.ContainsAnyExceptInRange('0', '9') || Whole(limits[..^3]) is not { } low || Whole(limits[^3..]) is not { } high)
        {
            return (null, null);
        }

        return unit == "mmol/L" ? (low / 10m, high / 10m) : (low, high);
    }

    private static string ReadResult(in Fields fields, out AstmRecord record)
    {
        record = null!;
        var analyte = fields[2].LastPart(Component);
        if (Whole(fields[1]) is not { } sequence || analyte.Length == 0)
        {
            return "the result has no number or no analyte";
        }

        if (!decimal.TryParse(
            fields[3], NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
        {
            return $"the value of result {sequence} is not a number";
        }

        var time = ReadTime(fields[8]);
        if (fields[8].Length > 0 && time is null)
        {
            return $"the time of result {sequence} is not a time";
        }

        var unit = fields[4];
        record = new Result(
            sequence, analyte.ToString(), value, unit.Part(Component, 0).ToString(), TextOrNull(unit.Part(Component, 1)),
            ReadMarkers(fields[6]), time);
        return "";
    }

    private static string Accept(AstmRecord read, out AstmRecord record)
    {
        record = read;
        return "";
    }

    // The first setting of this name in A=1^C=63^…, or empty.
    private static ReadOnlySpan<char> Setting(ReadOnlySpan<char> settings, char name)
    {
        while (settings.Length > 0)
        {
            var setting = settings.Part(Component, 0);
            if (setting is [var first, '=', .. var value] && first == name)
            {
                return value;
            }

            settings = settings[Math.Min(setting.Length + 1, settings.Length)..];
        }

        return [];
    }

    private static string[] ReadMarkers(ReadOnlySpan<char> text) =>
        text.Length == 0 ? [] : text.Contains(Marker) ? text.ToString().Split(Marker, StringSplitOptions.RemoveEmptyEntries) : [text.ToString()];

    private static string? TextOrNull(ReadOnlySpan<char> text) => text.Length > 0 ? text.ToString() : null;

    private static int? Whole(ReadOnlySpan<char> text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    // To the hour alone is no form of LIS02.
    private static DateTime? ReadTime(ReadOnlySpan<char> text) => text.Length != 10 && CompactTime.TryRead(text, out var time) ? time : null;

    /// <summary>The fields of a record; what is not there is empty.</summary>
    private readonly ref struct Fields
    {
        private readonly ReadOnlySpan<Range> _ranges;

        public Fields(ReadOnlySpan<char> line, Span<Range> room)
        {
            Line = line;
            _ranges = room[..line.Split(room, Field)];
        }

        public ReadOnlySpan<char> Line { get; }

        public ReadOnlySpan<char> this[int index] => index < _ranges.Length ? Line[_ranges[index]] : [];
    }
}
