using System.Globalization;
using System.Text;

namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary>Text in HL7 v2 fields with the usual delimiters.</summary>
internal static class Hl7Text
{
    public const string Delimiters = @"^~\&";

    /// <summary>Escapes what would be a delimiter or an end of segment.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            escaped = letter switch
            {
                '|' => escaped.Append(@"\F\"),
                '^' => escaped.Append(@"\S\"),
                '~' => escaped.Append(@"\R\"),
                '&' => escaped.Append(@"\T\"),
                '\\' => escaped.Append(@"\E\"),
                '\r' => escaped.Append(@"\X0D\"),
                '\n' => escaped.Append(@"\X0A\"),
                _ => escaped.Append(letter),
            };
        }

        return escaped.ToString();
    }

    /// <summary>Escaped parts, without empty ones at the end.</summary>
    public static string Join(char delimiter, params IEnumerable<string> parts) => string.Join(delimiter, parts.Select(Escape)).TrimEnd(delimiter);

    /// <summary>DTM to the second, with offset.</summary>
    public static string Time(DateTimeOffset time) => time.ToString("yyyyMMddHHmmsszzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal);

    /// <summary>A time as <see cref="Time"/> writes it, to the second alone.</summary>
    public static string WithoutOffset(string time) => time[.."yyyyMMddHHmmss".Length];
}
