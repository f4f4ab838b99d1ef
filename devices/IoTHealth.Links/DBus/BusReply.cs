namespace IoTHealth.Links.DBus;

/// <summary>What a call is answered with.</summary>
public sealed record BusReply(string Signature, params object[] Body)
{
    /// <summary>An answer without values.</summary>
    public static BusReply Empty { get; } = new("");
}
