using IoTHealth.Devices;
using IoTHealth.Documents;
using IoTHealth.Edge.Configuration;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Registry;

/// <summary>The devices and stations in force. Swapped whole when the configuration changes: ask it anew, keep nothing of it.</summary>
public sealed class DeviceRegistry
{
    private volatile RegistrySnapshot _now;

    /// <exception cref="DocumentException">As for <see cref="Read"/>.</exception>
    public DeviceRegistry(EdgeConfiguration configuration, DriverCatalog catalog)
    {
        Catalog = catalog;
        _now = Read(configuration);
    }

    internal DriverCatalog Catalog { get; }

    /// <summary>The facility's zone.</summary>
    public TimeZoneInfo FacilityZone => _now.FacilityZone;

    public IEnumerable<RegisteredDevice> Devices => _now.Devices.Values;

    public RegisteredDevice? Find(string key) => _now.Devices.GetValueOrDefault(key);

    public RegisteredDevice? Find(DeviceId id) => _now.ById.GetValueOrDefault(id);

    public StationSettings? FindStation(string key) => _now.Stations.GetValueOrDefault(key);

    /// <summary>Makes what a configuration says of devices and stations ready for use, and changes nothing.</summary>
    /// <exception cref="DocumentException">A device names an unknown profile or zone, or two share a key, an identity or a link.</exception>
    internal RegistrySnapshot Read(EdgeConfiguration configuration) => new RegistryReader(configuration, Catalog).Read();

    internal void Replace(RegistrySnapshot snapshot) => _now = snapshot;
}
