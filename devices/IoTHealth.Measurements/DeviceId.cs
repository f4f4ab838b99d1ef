namespace IoTHealth.Measurements;

/// <summary>
/// Global id of a device, equal on every gateway: its system id (EUI-64) where it has one, else maker, model and serial.
/// Letter case is kept for display and never decides: two ids that differ only in case are one.
/// </summary>
public readonly record struct DeviceId(string Value)
{
    /// <summary>The form that identifiers and digests are made of: lower case.</summary>
    public string Key => (Value ?? "").ToLowerInvariant();

    /// <summary>Id from an IEEE 11073 system id, given as 16 hexadecimal digits with or without dashes.</summary>
    public static DeviceId FromSystemId(string systemId) =>
        new("sysid:" + systemId.Replace("-", "", StringComparison.Ordinal).ToUpperInvariant());

    /// <summary>Id from maker, model and serial number, each trimmed; a slash in one is written <c>%2f</c>.</summary>
    public static DeviceId FromSerial(string maker, string model, string serial) =>
        new($"serial:{Part(maker)}/{Part(model)}/{Part(serial)}");

    // By the key, and not by .NET's own case folding: equal ids must have equal digests, in every script.
    public bool Equals(DeviceId other) => string.Equals(Key, other.Key, StringComparison.Ordinal);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Key);

    public override string ToString() => Value;

    private static string Part(string text) =>
        text.Trim().Replace("%", "%25", StringComparison.Ordinal).Replace("/", "%2f", StringComparison.Ordinal);
}
