using System.Text;

namespace IoTHealth.Simulators.Fhir;

/// <summary>
/// One value of a token parameter: <c>system|code</c>, <c>|code</c>, <c>system|</c> or <c>code</c>, without its escapes
/// (FHIR R4 search, 3.1.1.4.9: a backslash before a backslash, comma, bar or dollar sign).
/// </summary>
/// <param name="System">Null where any will do; empty for none.</param>
/// <param name="Code">Empty where any will do.</param>
internal sealed record SearchToken(string? System, string Code)
{
    /// <summary>The token as the index has it, where it singles out one.</summary>
    public string? Exact => System is not null && Code.Length > 0 ? $"{System}|{Code}" : null;

    /// <summary>The values of a parameter, of which one must match: a comma without a backslash is 'or'.</summary>
    public static SearchToken[] ParseAll(string text) => [.. Split(text, ',').Select(Parse)];

    /// <summary>Whether a token of a resource, as <c>system|code</c>, is meant.</summary>
    public bool IsIn(string indexed) => (System, Code) switch
    {
        (null, _) => indexed.EndsWith("|" + Code, StringComparison.Ordinal),
        (_, "") => indexed.StartsWith(System + "|", StringComparison.Ordinal),
        _ => indexed == Exact,
    };

    private static SearchToken Parse(string text) => Split(text, '|') switch
    {
        [var code] => new SearchToken(null, Unescape(code)),
        [var system, .. var code] => new SearchToken(Unescape(system), Unescape(string.Join('|', code))),
        _ => new SearchToken(null, ""),
    };

    private static List<string> Split(string text, char separator)
    {
        var (parts, begin) = (new List<string>(), 0);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '\\')
            {
                at++;
            }
            else if (text[at] == separator)
            {
                parts.Add(text[begin..at]);
                begin = at + 1;
            }
        }

        return [.. parts, text[begin..]];
    }

    private static string Unescape(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            plain.Append(text[at] == '\\' && at + 1 < text.Length ? text[++at] : text[at]);
        }

        return plain.ToString();
    }
}
