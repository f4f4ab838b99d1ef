using System.Text;

namespace IoTHealth.Devices.Codecs.Hl7v2;

/// <summary>One segment. Fields count from 1 as in the standard; what is not there is empty.</summary>
public sealed class Hl7Segment
{
    private readonly string[] _fields;
    private readonly Hl7Delimiters _delimiters;

    internal Hl7Segment(string line, Hl7Delimiters delimiters)
    {
        (Line, _delimiters) = (line, delimiters);
        var fields = line.Split(delimiters.Field);

        // MSH-1 is the delimiter itself.
        _fields = fields[0] == "MSH" ? [fields[0], delimiters.Field.ToString(), .. fields[1..]] : fields;
    }

    public string Id => _fields[0];

    /// <summary>The segment as it was sent.</summary>
    public string Line { get; }

    /// <summary>Number of the last field that is there.</summary>
    public int Count => _fields.Length - 1;

    /// <summary>A field as it was sent, escapes and all.</summary>
    public string Raw(int field) => field < _fields.Length ? _fields[field] : "";

    /// <summary>A field with its escapes resolved; for fields without components.</summary>
    public string Text(int field) => Unescape(Raw(field));

    /// <summary>The repetitions of a field, raw.</summary>
    public string[] Repetitions(int field) => Raw(field).Split(_delimiters.Repetition);

    /// <summary>A component of a field's first repetition, escapes resolved.</summary>
    public string Component(int field, int component) => ComponentOf(Repetitions(field)[0], component);

    /// <summary>A component of a repetition, escapes resolved.</summary>
    public string ComponentOf(string repetition, int component)
    {
        var components = repetition.Split(_delimiters.Component);
        return component <= components.Length ? Unescape(components[component - 1]) : "";
    }

    // HL7 v2.6, section 2.7: \F\ \S\ \T\ \R\ \E\ \Xhh..\ \.br\; anything else stays as it was sent.
    private string Unescape(string text)
    {
        if (!text.Contains(_delimiters.Escape, StringComparison.Ordinal))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var end = text[i] == _delimiters.Escape ? text.IndexOf(_delimiters.Escape, i + 1) : -1;
            if (end < 0)
            {
                result.Append(text[i]);
                continue;
            }

            result.Append(Resolve(text[(i + 1)..end]));
            i = end;
        }

        return result.ToString();
    }

    private string Resolve(string escape) => escape switch
    {
        "F" => _delimiters.Field.ToString(),
        "S" => _delimiters.Component.ToString(),
        "T" => _delimiters.Subcomponent.ToString(),
        "R" => _delimiters.Repetition.ToString(),
        "E" => _delimiters.Escape.ToString(),
        ".br" => "\n",
        _ when escape.StartsWith('X') && escape.Length % 2 == 1 && escape.Skip(1).All(char.IsAsciiHexDigit) =>
            Encoding.Latin1.GetString(Convert.FromHexString(escape.AsSpan(1))),
        _ => $"{_delimiters.Escape}{escape}{_delimiters.Escape}",
    };
}
