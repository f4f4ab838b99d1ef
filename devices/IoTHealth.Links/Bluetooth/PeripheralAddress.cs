namespace IoTHealth.Links.Bluetooth;

/// <summary>Which peripheral to connect with, and how.</summary>
/// <param name="Address">Device address, six hexadecimal pairs with colons, whatever the letter case.</param>
/// <param name="Adapter">The adapter to use, such as <c>hci0</c>; null: the one that hears it best.</param>
/// <param name="Passkey">
/// Six digits, 0 to 999999, that the device is made with; then pairing must succeed. Null: the device pairs without, or not at all.
/// </param>
public sealed record PeripheralAddress(string Address, string? Adapter = null, uint? Passkey = null)
{
    /// <summary>The address alone: the passkey is a secret.</summary>
    public override string ToString() => Address;
}
