using System.Text;

namespace IoTHealth.Devices.Codecs.Hl7v2;

/// <summary>One segment. Fields count from 1 as in the standard; what is not there is empty.</summary>
public sealed class Hl7Segment
{
    private readonly Hl7Delimiters _delimiters;

    // Where each field begins in the line, and at the end where one more would: cutting a field out is left until somebody asks.
    private readonly int[] _begins;
    private readonly bool _isHeader;

    internal Hl7Segment(string line, Hl7Delimiters delimiters)
    {
        (Line, _delimiters) = (line, delimiters);
        _begins = new int[line.AsSpan().Count(delimiters.Field) + 2];
        for (var i = 1; i < _begins.Length - 1; i++)
        {
            _begins[i] = line.IndexOf(delimiters.Field, _begins[i - 1]) + 1;
        }

        _begins[^1] = line.Length + 1;
        Id = line[..(_begins[1] - 1)];
        _isHeader = Id == "MSH" && line.Length > Id.Length;
    }

    public string Id { get; }

    /// <summary>The segment as it was sent.</summary>
    public string Line { get; }

    /// <summary>Number of the last field that is there.</summary>
    public int Count => _begins.Length - (_isHeader ? 1 : 2);

    /// <summary>A field as it was sent, escapes and all.</summary>
    public string Raw(int field) => Field(field).ToString();

    /// <summary>A field with its escapes resolved; for fields without components.</summary>
    public string Text(int field) => Unescape(Field(field));

    /// <summary>Whether a field has several repetitions.</summary>
    public bool IsRepeated(int field) => Field(field).Contains(_delimiters.Repetition);

    /// <summary>The repetitions of a field, raw.</summary>
    public string[] Repetitions(int field) => Raw(field).Split(_delimiters.Repetition);

    /// <summary>A component of a field's first repetition, escapes resolved.</summary>
    public string Component(int field, int component) =>
        Unescape(Field(field).Part(_delimiters.Repetition, 0).Part(_delimiters.Component, component - 1));

    /// <summary>A component of a repetition, escapes resolved.</summary>
    public string ComponentOf(string repetition, int component) => Unescape(repetition.AsSpan().Part(_delimiters.Component, component - 1));

    // MSH-1 is the delimiter itself, so that MSH-2 is what stands behind the first one.
    private ReadOnlySpan<char> Field(int number)
    {
        if (_isHeader && number == 1)
        {
            return Line.AsSpan(Id.Length, 1);
        }

        var index = _isHeader && number > 1 ? number - 1 : number;
        return index < _begins.Length - 1 ? Line.AsSpan(_begins[index], _begins[index + 1] - 1 - _begins[index]) : [];
    }

    private string Unescape(ReadOnlySpan<char> text) => text.Contains(_delimiters.Escape) ? Unescape(text.ToString()) : text.ToString();

    // HL7 v2.6, section 2.7: \F\ \S\ \T\ \R\ \E\ \Xhh..\ \.br\; anything else stays as it was sent.
    private string Unescape(string text)
    {
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
