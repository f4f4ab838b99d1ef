namespace IoTHealth.Links.Bluetooth;

/// <summary>A device in reach, as it advertises itself.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Name">The name it tells; empty where it tells none.</param>
/// <param name="Services">UUIDs of the services it tells of.</param>
public sealed record HeardPeripheral(string Address, string Name, IReadOnlyList<Guid> Services);
