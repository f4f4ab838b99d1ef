using System.Text.Json.Nodes;

namespace IoTHealth.Testing;

/// <summary>A simulator's file of JSON lines, read while it is being written.</summary>
public static class JsonLines
{
    /// <summary>Every whole line; none when the file is not there yet.</summary>
    public static IReadOnlyList<JsonNode> Read(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        var text = reader.ReadToEnd();
        return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
    }
}
