namespace IoTHealth.Cloud.Hub;

/// <summary>Topic of a telemetry message with its property bag: <c>devices/{id}/messages/events/%24.mid=…&amp;…/</c>.</summary>
public sealed record TelemetryTopic(string ContentType, string ContentEncoding)
{
    /// <summary>False when the topic is not that device's telemetry topic.</summary>
    public static bool TryParse(string topic, string device, out TelemetryTopic parsed)
    {
        parsed = new TelemetryTopic("", "");
        var prefix = $"devices/{device}/messages/events/";
        if (!topic.StartsWith(prefix, StringComparison.Ordinal))
        {
            return false;
        }

        foreach (var property in topic[prefix.Length..].TrimEnd('/').Split('&'))
        {
            var (name, value) = property.Split('=', 2) is [var key, var text] ? (Decode(key), Decode(text)) : (Decode(property), "");
            parsed = name switch
            {
                "$.ct" => parsed with { ContentType = value },
                "$.ce" => parsed with { ContentEncoding = value },
                _ => parsed,
            };
        }

        return true;
    }

    private static string Decode(string text) => Uri.UnescapeDataString(text);
}
