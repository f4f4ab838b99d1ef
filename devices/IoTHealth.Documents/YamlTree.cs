using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace IoTHealth.Documents;

/// <summary>A YAML document as JSON, with the line and column of every value.</summary>
internal sealed class YamlTree
{
    private const int DepthMaximum = 32;
    private const int ValuesAlwaysAllowed = 10_000;
    private const char ByteOrderMark = '\uFEFF';

    private readonly Dictionary<string, Mark> _marks = new(StringComparer.Ordinal);
    private readonly string _name;
    private readonly int _valuesMaximum;

    private int _values;

    // Without aliases a document has no more values than characters: what has more was made to explode.
    private YamlTree(string name, int length) => (_name, _valuesMaximum) = (name, Math.Max(length, ValuesAlwaysAllowed));

    public JsonNode Root { get; private set; } = new JsonObject();

    public static YamlTree Parse(string text, string name)
    {
        var tree = new YamlTree(name, text.Length);
        tree.Root = tree.Convert(tree.TheOnly(tree.Load(text.TrimStart(ByteOrderMark))).RootNode, "", 0) ?? new JsonObject();
        return tree;
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

    private IList<YamlDocument> Load(string text)
    {
        var parser = new GuardedParser(text, DepthMaximum);
        try
        {
            var stream = new YamlStream();
            stream.Load(parser);
            return stream.Documents;
        }
        catch (YamlException e)
        {
            throw Wrong(e.Start, e.Message);
        }
        catch (Exception e)
        {
            // YamlDotNet trips over some texts with exceptions of other kinds: a bracket left open is one.
            throw Wrong(parser.Here, $"what follows is not YAML ({e.Message})");
        }
    }

    private YamlDocument TheOnly(IList<YamlDocument> documents) => documents.Count switch
    {
        0 => throw new DocumentException($"{_name}:1:1: the document is empty"),
        1 => documents[0],
        _ => throw Wrong(documents[1].RootNode.Start, "a second document begins here; one is expected"),
    };

    private JsonNode? Convert(YamlNode node, string pointer, int depth)
    {
        if (depth > DepthMaximum)
        {
            throw Wrong(node.Start, $"nested deeper than {DepthMaximum}");
        }

        if (++_values > _valuesMaximum)
        {
            throw Wrong(node.Start, $"aliases unfold to more than {_valuesMaximum} values");
        }

        _marks[pointer] = node.Start;
        return node switch
        {
            YamlMappingNode mapping => Fields(mapping, pointer, depth),
            YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select((child, i) => Convert(child, $"{pointer}/{i}", depth + 1))]),
            _ => YamlScalar.ToJson((YamlScalarNode)node),
        };
    }

    private JsonObject Fields(YamlMappingNode mapping, string pointer, int depth)
    {
        var fields = new JsonObject();
        foreach (var (key, value) in mapping.Children)
        {
            var name = (key as YamlScalarNode)?.Value ?? throw Wrong(key.Start, "a key must be a text");
            if (fields.ContainsKey(name))
            {
                throw Wrong(key.Start, $"Duplicate key {name}");
            }

            fields[name] = Convert(value, $"{pointer}/{name}", depth + 1);
            _marks[$"{pointer}/{name}"] = key.Start;
        }

        return fields;
    }

    private DocumentException Wrong(Mark mark, string reason) => new($"{_name}:{mark.Line}:{mark.Column}: {reason}");
}
