using System.Collections.Frozen;
using IoTHealth.Edge.Configuration;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Registry;

/// <summary>The devices and stations of one configuration.</summary>
internal sealed record RegistrySnapshot(
    TimeZoneInfo FacilityZone,
    FrozenDictionary<string, RegisteredDevice> Devices,
    FrozenDictionary<DeviceId, RegisteredDevice> ById,
    FrozenDictionary<string, StationSettings> Stations);
