using System.Text.Json;
using System.Text.Json.Serialization;

namespace IoTHealth.Documents;

/// <summary>Reads a YAML or JSON document, checks it against its schema and binds it. Fails loudly, with the line.</summary>
public static class Document
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    /// <summary>Reads a file.</summary>
    /// <exception cref="DocumentException">It is not there, is not YAML, breaks its schema or does not bind.</exception>
    public static T Load<T>(string path, DocumentSchema schema)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DocumentException($"{path}: {e.Message}");
        }

        return Parse<T>(text, path, schema);
    }

    /// <summary>Reads a text; <paramref name="name"/> stands for the file in messages.</summary>
    /// <exception cref="DocumentException">It is not YAML, breaks its schema or does not bind.</exception>
    public static T Parse<T>(string text, string name, DocumentSchema schema)
    {
        var tree = YamlTree.Parse(text, name);
        var json = tree.Root.ToJsonString();
        var mistakes = schema.Validate(json).Select(m => $"{name}:{tree.Mark(m.Pointer)}: {m.Reason}").Distinct().ToList();
        if (mistakes.Count > 0)
        {
            throw new DocumentException(string.Join(Environment.NewLine, mistakes));
        }

        try
        {
            return JsonSerializer.Deserialize<T>(json, Options)
                   ?? throw new DocumentException($"{name}: the document is empty");
        }
        catch (JsonException e)
        {
            var pointer = (e.Path ?? "").TrimStart('$').Replace("[", "/", StringComparison.Ordinal)
                .Replace("]", "", StringComparison.Ordinal).Replace('.', '/');
            throw new DocumentException($"{name}:{tree.Mark(pointer)}: {e.Message}");
        }
    }
}
