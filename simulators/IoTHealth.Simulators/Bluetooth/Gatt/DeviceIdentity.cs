namespace IoTHealth.Simulators.Bluetooth.Gatt;

/// <summary>Who a device is on the air.</summary>
/// <param name="Address">Six hexadecimal pairs with colons, upper case.</param>
/// <param name="Name">As it is advertised.</param>
/// <param name="NeedsPairing">Its measurements are for paired centrals only.</param>
/// <param name="Passkey">Six digits that a central must know to pair, or null: pairing by confirmation.</param>
internal sealed record DeviceIdentity(string Serial, string Address, string Name, bool NeedsPairing, int? Passkey);
