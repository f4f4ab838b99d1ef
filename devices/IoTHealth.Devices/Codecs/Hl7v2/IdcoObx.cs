using System.Globalization;

namespace IoTHealth.Devices.Codecs.Hl7v2;

/// <summary>Reads the value of one OBX segment as senders really fill it.</summary>
internal static class IdcoObx
{
    public static IdcoObservation Read(Hl7Segment segment, string reportTime)
    {
        var reference = segment.Component(3, 2);
        var type = segment.Text(2);
        var isCoded = type is "CWE" or "CE" or "CNE" or "CF";
        decimal? number = type == "NM" && !IdcoTerms.IsDate(reference) ? Number(segment.Component(5, 1)) : null;
        return new IdcoObservation(
            IdcoTerms.Find(segment.Component(3, 1), reference),
            reference,
            segment.Text(4),
            number,
            segment.Component(6, 1),
            isCoded ? Code(segment) : null,
            isCoded ? segment.Component(5, 2).Trim() : "",
            isCoded || number is not null ? "" : segment.Text(5),
            Time(segment, reportTime));
    }

    // A sender that writes the enumeration only as text has the code empty.
    private static string? Code(Hl7Segment segment)
    {
        var code = segment.Component(5, 1).Trim();
        code = code.Length > 0 ? code : segment.Component(5, 2).Trim();
        return code.Length == 0 || code.Equals("null", StringComparison.OrdinalIgnoreCase) ? null : code;
    }

    private static decimal? Number(string text) => decimal.TryParse(
        text.Trim(), NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
        ? number
        : null;

    private static string Time(Hl7Segment segment, string reportTime) =>
        new[] { segment.Component(14, 1), segment.Component(17, 1), reportTime }.First(time => IsTime(time) || time == reportTime);

    private static bool IsTime(string text) => text.Length >= 8 && text.AsSpan(0, 8).IndexOfAnyExceptInRange('0', '9') < 0;
}
