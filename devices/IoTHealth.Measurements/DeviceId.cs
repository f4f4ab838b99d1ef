namespace IoTHealth.Measurements;

/// <summary>
/// Global id of a device, equal on every gateway: its system id (EUI-64) where it has one, else maker, model and serial.
/// </summary>
public readonly record struct DeviceId(string Value)
{
    /// <summary>Id from an IEEE 11073 system id, given as 16 hexadecimal digits with or without dashes.</summary>
    public static DeviceId FromSystemId(string systemId) =>
        new("sysid:" + systemId.Replace("-", "", StringComparison.Ordinal).ToUpperInvariant());

    /// <summary>Id from maker, model and serial number. Each is trimmed and compared without case.</summary>
    public static DeviceId FromSerial(string maker, string model, string serial) =>
        new($"serial:{Part(maker)}/{Part(model)}/{Part(serial)}");

    public override string ToString() => Value;

    private static string Part(string text) =>
        text.Trim().ToLowerInvariant().Replace("%", "%25", StringComparison.Ordinal).Replace("/", "%2f", StringComparison.Ordinal);
}
