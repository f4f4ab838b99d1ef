using System.Text.Json;

namespace IoTHealth.Edge.Configuration;

/// <summary>Which sections of two configurations differ, by what they mean and not by how they are written.</summary>
public static class ConfigurationChange
{
    /// <summary>What the gateway takes up while it runs.</summary>
    private static readonly string[] Live = ["version", "devices", "stations", "alarms"];

    /// <summary>Names of the sections that differ, as the document writes them; empty when none does.</summary>
    public static IReadOnlyList<string> Between(EdgeConfiguration before, EdgeConfiguration now)
    {
        var (old, recent) = (Sections(before), Sections(now));
        return [.. old.EnumerateObject().Where(section => !JsonElement.DeepEquals(section.Value, recent.GetProperty(section.Name))).Select(section => section.Name)];
    }

    /// <summary>Whether a section belongs to the box (what it is, where it listens, whom it trusts): its own file says it, once, at start.</summary>
    public static bool NeedsRestart(string section) => !Live.Contains(section);

    private static JsonElement Sections(EdgeConfiguration configuration) => JsonSerializer.SerializeToElement(configuration, JsonSerializerOptions.Web);
}
