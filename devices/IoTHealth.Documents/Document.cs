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
    public static T Load<T>(string path, DocumentSchema schema) => LoadLocated<T>(path, schema).Value;

    /// <summary>Reads a text; <paramref name="name"/> stands for the file in messages.</summary>
    /// <exception cref="DocumentException">It is not YAML, breaks its schema or does not bind.</exception>
    public static T Parse<T>(string text, string name, DocumentSchema schema) => ParseLocated<T>(text, name, schema).Value;

    /// <summary>As <see cref="Load"/>, for who has checks of their own to make.</summary>
    /// <exception cref="DocumentException">As for <see cref="Load"/>.</exception>
    public static LocatedDocument<T> LoadLocated<T>(string path, DocumentSchema schema)
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

        return ParseLocated<T>(text, path, schema);
    }

    /// <summary>As <see cref="Parse"/>, for who has checks of their own to make.</summary>
    /// <exception cref="DocumentException">As for <see cref="Parse"/>.</exception>
    public static LocatedDocument<T> ParseLocated<T>(string text, string name, DocumentSchema schema)
    {
        var tree = YamlTree.Parse(text, name);
        var json = tree.Root.ToJsonString();
        var mistakes = schema.Validate(json).Select(m => $"{name}:{tree.Mark(m.Pointer)}: {m.Reason}").Distinct().ToList();
        return mistakes.Count == 0
            ? new LocatedDocument<T>(Bind<T>(json, name, tree), name, tree)
            : throw new DocumentException(string.Join(Environment.NewLine, mistakes));
    }

    private static T Bind<T>(string json, string name, YamlTree tree)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, Options) ?? throw new DocumentException($"{name}:1:1: the document is empty");
        }
        catch (JsonException e)
        {
            throw new DocumentException($"{name}:{tree.Mark(Pointer(e.Path))}: {e.Message}");
        }
    }

    // $.a[0].b → /a/0/b
    private static string Pointer(string? path) => (path ?? "").TrimStart('$').Replace("[", "/", StringComparison.Ordinal)
        .Replace("]", "", StringComparison.Ordinal).Replace('.', '/');
}
