namespace IoTHealth.Links.Mqtt;

/// <summary>Topic aliases of one MQTT 5 connection (MQTT 5.0, section 3.3.2.3.4), bounded.</summary>
internal sealed class TopicAliases
{
    public const ushort Maximum = 16;

    private readonly Dictionary<ushort, string> _topics = [];

    /// <summary>The topic of a publish; false when neither a topic nor a known alias names one.</summary>
    public bool TryResolve(ushort alias, string? topic, out string resolved)
    {
        resolved = topic ?? "";
        if (alias > Maximum)
        {
            return false;
        }

        if (alias > 0 && resolved.Length > 0)
        {
            _topics[alias] = resolved;
        }
        else if (alias > 0)
        {
            resolved = _topics.GetValueOrDefault(alias, "");
        }

        return resolved.Length > 0;
    }
}
