using System.Globalization;

namespace IoTHealth.Devices.Codecs.Hl7v2;

/// <summary>Reads the value of one OBX segment as senders really fill it.</summary>
internal static class IdcoObx
{
    public static IdcoObservation Read(Hl7Segment segment, int number, string reportTime)
    {
        var reference = segment.Component(3, 2);
        var type = segment.Text(2);
        var isCoded = type is "CWE" or "CE" or "CNE" or "CF";
        decimal? value = type == "NM" && !IdcoTerms.IsDate(reference) ? Number(segment.Component(5, 1)) : null;
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
            Segment = number, Line = segment.Line, Sent = $"{segment.Raw(5)} {segment.Raw(6)}".TrimEnd(), Status = segment.Text(11),
        };
    }

    /// <summary>When the observation was made, as it was sent: OBX-14, else OBX-17, else the report's time.</summary>
    public static string Time(Hl7Segment segment, string reportTime)
    {
        foreach (var field in (ReadOnlySpan<int>)[14, 17])
        {
            var time = segment.Component(field, 1);
            if (Hl7DateTime.TryRead(time, out _))
            {
                return time;
            }
        }

        return reportTime;
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

    public static decimal? Number(string text) => decimal.TryParse(
        text.Trim(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
        ? number
        : null;
}
