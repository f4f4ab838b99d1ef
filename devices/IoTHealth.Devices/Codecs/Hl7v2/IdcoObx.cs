using System.Globalization;

namespace IoTHealth.Devices.Codecs.Hl7v2;

/// <summary>Reads the value of one OBX segment as senders really fill it.</summary>
internal static class IdcoObx
{
    private const int WhitespaceMaximum = 100;

    public static IdcoObservation Read(Hl7Segment segment, int number, string reportTime)
    {
        var reference = segment.Component(3, 2);
        var type = Type(segment);
        var isCoded = type is "CWE" or "CE" or "CNE" or "CF";
        var isNumber = type is "NM" or "SN" && !IdcoTerms.IsDate(reference);
        var text = type == "SN" ? StructuredNumber(segment) : segment.Component(5, 1);
        var (value, comparator) = isNumber && TryNumber(text, out var read, out var limit) ? ((decimal?)read, limit) : (null, "");
        return new IdcoObservation(
            IdcoTerms.Find(segment.Component(3, 1), reference),
            reference,
            segment.Text(4),
            value,
            Unit(segment),
            isCoded ? Code(segment) : null,
            isCoded ? segment.Component(5, 2).Trim() : "",
            isCoded || value is not null ? "" : segment.Text(5),
            Time(segment, reportTime))
        {
            Comparator = comparator,
            Segment = number,
            Line = segment.Line,
            Sent = $"{segment.Raw(5)} {segment.Raw(6)}".TrimEnd(),
            Status = segment.Text(11).Trim().ToUpperInvariant(),
            IsTimeUnreadable = IsUnreadable(segment.Component(14, 1)),
            IsRepeated = segment.IsRepeated(5),
        };
    }

    /// <summary>OBX-2, whatever its letter case.</summary>
    public static string Type(Hl7Segment segment) => segment.Text(2).Trim().ToUpperInvariant();

    /// <summary>When the observation was made, as it was sent: OBX-14, else OBX-17, else the report's time.</summary>
    public static string Time(Hl7Segment segment, string reportTime) => OwnTime(segment) ?? reportTime;

    /// <summary>Whether a time was sent that cannot be read; "" takes one away.</summary>
    public static bool IsUnreadable(string time) => !Hl7DateTime.TryRead(time, out _) && (time.Length > WhitespaceMaximum || time.Trim() is not ("" or "\"\""));

    /// <summary>A decimal number, or the limit that a device says it is above (<c>&gt;3000</c>) or below.</summary>
    public static bool TryNumber(string text, out decimal number, out string comparator)
    {
        var digits = text.AsSpan().Trim();
        comparator = digits is ['<' or '>', ..] ? digits[..1].ToString() : "";
        return decimal.TryParse(
            digits[comparator.Length..].Trim(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
    }

    private static string? OwnTime(Hl7Segment segment)
    {
        foreach (var field in (ReadOnlySpan<int>)[14, 17])
        {
            var time = segment.Component(field, 1);
            if (Hl7DateTime.TryRead(time, out _))
            {
                return time;
            }
        }

        return null;
    }

    // SN is comparator, number, separator, number; what has a separator is a range or a ratio and no number.
    private static string StructuredNumber(Hl7Segment segment)
    {
        var comparator = segment.Component(5, 1).Trim();
        return segment.Component(5, 3).Length + segment.Component(5, 4).Length == 0 ? (comparator == "=" ? "" : comparator) + segment.Component(5, 2) : "";
    }

    // A unit that is a number of the nomenclature has its name beside it.
    private static string Unit(Hl7Segment segment)
    {
        var unit = segment.Component(6, 1).Trim();
        return unit.All(char.IsAsciiDigit) && segment.Component(6, 2).Trim() is { Length: > 0 } name ? name : unit;
    }

    // A sender that writes the enumeration only as text has the code empty.
    private static string? Code(Hl7Segment segment)
    {
        var code = segment.Component(5, 1).Trim();
        code = code.Length > 0 ? code : segment.Component(5, 2).Trim();
        return code.Length == 0 || code.Equals("null", StringComparison.OrdinalIgnoreCase) ? null : code;
    }
}
