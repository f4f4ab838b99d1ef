using System.Text.Json.Nodes;

namespace IoTHealth.VirtualMachine.Tests;

/// <summary>The lines that a simulated device has written about itself until now.</summary>
internal static class AccountLines
{
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
