namespace IoTHealth.Testing;

/// <summary>The line a server prints once it serves: <c>READY name=host:port …</c>.</summary>
public static class ReadyLine
{
    /// <summary>The endpoints by name, or null when the line is another one.</summary>
    public static IReadOnlyDictionary<string, string>? Parse(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is ["READY", ..]
            ? words[1..].Select(word => word.Split('=', 2)).Where(pair => pair.Length == 2)
                .ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal)
            : null;
    }
}
