using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace IoTHealth.Documents;

/// <summary>A YAML document as JSON, with the line and column of every value.</summary>
internal sealed class YamlTree
{
    private const int DepthMaximum = 64;

    private readonly Dictionary<string, Mark> _marks = new(StringComparer.Ordinal);
    private readonly string _name;

    private YamlTree(string name) => _name = name;

    public JsonNode Root { get; private set; } = new JsonObject();

    public static YamlTree Parse(string text, string name)
    {
        var tree = new YamlTree(name);
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            if (stream.Documents.Count != 1)
            {
                throw new DocumentException($"{name}: one document is expected, {stream.Documents.Count} are there");
            }

            tree.Root = tree.Convert(stream.Documents[0].RootNode, "", 0) ?? new JsonObject();
            return tree;
        }
        catch (YamlException e)
        {
            throw new DocumentException($"{name}:{e.Start.Line}:{e.Start.Column}: {e.Message}");
        }
    }

    /// <summary>Line and column of a value, or of the nearest one that encloses it.</summary>
    public string Mark(string pointer)
    {
        while (true)
        {
            if (_marks.TryGetValue(pointer, out var mark))
            {
                return $"{mark.Line}:{mark.Column}";
            }

            var slash = pointer.LastIndexOf('/');
            if (slash < 0)
            {
                return "1:1";
            }

            pointer = pointer[..slash];
        }
    }

    private JsonNode? Convert(YamlNode node, string pointer, int depth)
    {
        if (depth > DepthMaximum)
        {
            throw new DocumentException($"{_name}:{node.Start.Line}:{node.Start.Column}: nested deeper than {DepthMaximum}");
        }

        _marks[pointer] = node.Start;
        switch (node)
        {
            case YamlMappingNode mapping:
                var fields = new JsonObject();
                foreach (var (key, value) in mapping.Children)
                {
                    var name = (key as YamlScalarNode)?.Value
                               ?? throw new DocumentException($"{_name}:{key.Start.Line}:{key.Start.Column}: a key must be a text");
                    fields[name] = Convert(value, $"{pointer}/{name}", depth + 1);
                    _marks[$"{pointer}/{name}"] = key.Start;
                }

                return fields;
            case YamlSequenceNode sequence:
                return new JsonArray([.. sequence.Children.Select((child, i) => Convert(child, $"{pointer}/{i}", depth + 1))]);
            default:
                return Scalar((YamlScalarNode)node);
        }
    }

    // YAML 1.2 core schema: only plain scalars are anything but text.
    private static JsonValue? Scalar(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain)
        {
            return JsonValue.Create(text);
        }

        return text switch
        {
            "" or "null" or "~" => null,
            "true" => JsonValue.Create(true),
            "false" => JsonValue.Create(false),
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
            _ when LooksNumeric(text) && decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) =>
                JsonValue.Create(number),
            _ => JsonValue.Create(text),
        };
    }

    private static bool LooksNumeric(string text) => text[0] is '-' or '+' or '.' || char.IsAsciiDigit(text[0]);
}
