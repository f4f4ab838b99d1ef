using System.Collections.Frozen;
using IoTHealth.Devices;
using IoTHealth.Documents;
using IoTHealth.Edge.Configuration;
using IoTHealth.Links.Serial;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Registry;

/// <summary>A device this gateway serves.</summary>
public abstract record RegisteredDevice(DeviceContext Context, GuaranteeClass Guarantee);

/// <summary>A device that may speak to this gateway by MQTT.</summary>
public sealed record MqttDevice(DeviceContext Context, IMqttDriver Driver, string PasswordHash, FrozenSet<string> Topics)
    : RegisteredDevice(Context, Driver.Guarantee);

/// <summary>A device on a serial line.</summary>
public sealed record SerialDevice(DeviceContext Context, ISerialDriver Driver, LineSettings Line) : RegisteredDevice(Context, Driver.Guarantee)
{
    /// <summary>Opens its line, wherever it is plugged in now.</summary>
    /// <exception cref="IOException">It is not plugged in, or cannot be opened.</exception>
    public TtyPort Open() => Driver.ReportBytes is > 0 and var reportBytes
        ? TtyPort.OpenReports(Path(UsbLine.SystemHid), reportBytes)
        : TtyPort.Open(new SerialSettings(Path(UsbLine.SystemLines), Line.Baud ?? Driver.Baud));

    private string Path(string listed) => Line.Usb is { } usb && UsbLine.TryParse(usb, out var adapter) ? adapter.Find(listed) : Line.Path!;
}

/// <summary>A Bluetooth LE device.</summary>
public sealed record GattDevice(DeviceContext Context, IGattDriver Driver, RadioSettings Radio) : RegisteredDevice(Context, Driver.Guarantee);

/// <summary>A device whose reports come as HL7 v2 by MLLP, found by the identity they name.</summary>
public sealed record ReportingDevice(DeviceContext Context, IReportDriver Driver) : RegisteredDevice(Context, Driver.Guarantee);

/// <summary>The devices and stations of the configuration, ready for use.</summary>
public sealed class DeviceRegistry
{
    private readonly FrozenDictionary<string, RegisteredDevice> _devices;
    private readonly FrozenDictionary<DeviceId, RegisteredDevice> _byId;
    private readonly FrozenDictionary<string, StationSettings> _stations;

    /// <exception cref="DocumentException">A device names an unknown profile or zone, or two share a key or an identity.</exception>
    public DeviceRegistry(EdgeConfiguration configuration, DriverCatalog catalog)
    {
        var zone = Zone(configuration.TimeZone, "timeZone");
        var devices = configuration.Devices.Select(device => Register(device, zone, catalog)).ToList();
        foreach (var twins in devices.GroupBy(d => d.Context.Id).Where(group => group.Count() > 1))
        {
            throw new DocumentException($"devices {string.Join(", ", twins.Select(t => t.Context.Key))} are one and the same: {twins.Key}");
        }

        if (configuration.Mllp is null && devices.OfType<ReportingDevice>().FirstOrDefault() is { } unheard)
        {
            throw new DocumentException($"device '{unheard.Context.Key}' reports by MLLP, and no 'mllp' is configured to hear it");
        }

        // Whoever won the link would give its readings to the wrong one.
        foreach (var twins in devices.Where(d => LinkOf(d) is not null).GroupBy(LinkOf, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            throw new DocumentException($"devices {string.Join(", ", twins.Select(t => t.Context.Key))} have one and the same link: {twins.Key}");
        }

        var keys = configuration.Devices.Select(d => d.Key).Concat(configuration.Stations.Select(s => s.Key));
        foreach (var twins in keys.GroupBy(key => key, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            throw new DocumentException($"the key '{twins.Key}' is given twice");
        }

        FacilityZone = zone;
        _devices = devices.ToFrozenDictionary(device => device.Context.Key, StringComparer.Ordinal);
        _byId = devices.ToFrozenDictionary(device => device.Context.Id);
        _stations = configuration.Stations.ToFrozenDictionary(station => station.Key, StringComparer.Ordinal);
    }

    /// <summary>The facility's zone.</summary>
    public TimeZoneInfo FacilityZone { get; }

    public IEnumerable<RegisteredDevice> Devices => _devices.Values;

    public RegisteredDevice? Find(string key) => _devices.GetValueOrDefault(key);

    public RegisteredDevice? Find(DeviceId id) => _byId.GetValueOrDefault(id);

    public StationSettings? FindStation(string key) => _stations.GetValueOrDefault(key);

    private static string? LinkOf(RegisteredDevice device) => device switch
    {
        GattDevice gatt => gatt.Radio.Address,
        SerialDevice serial => serial.Line.Path ?? serial.Line.Usb,
        _ => null,
    };

    // The link that the registry names decides; a profile may know several.
    private static RegisteredDevice Register(DeviceSettings device, TimeZoneInfo zone, DriverCatalog catalog) => device switch
    {
        { Line: { } line } when catalog.Serial.TryGetValue(device.Profile, out var driver) =>
            new SerialDevice(Context(device, zone, driver.Name), driver, line),
        { Radio: { } radio } when catalog.Gatt.TryGetValue(device.Profile, out var driver) =>
            new GattDevice(Context(device, zone, driver.Name), driver, radio with { Address = radio.Address.ToUpperInvariant() }),
        { Password: { } password } when catalog.Mqtt.TryGetValue(device.Profile, out var driver) => new MqttDevice(
            Context(device, zone, driver.Name), driver, password, driver.Topics(device.Key).ToFrozenSet(StringComparer.Ordinal)),
        { Line: null, Radio: null, Password: null } when catalog.Reports.TryGetValue(device.Profile, out var driver) =>
            new ReportingDevice(Context(device, zone, driver.Name), driver),
        _ => throw new DocumentException($"device '{device.Key}': {Links(device.Profile, catalog)}"),
    };

    private static string Links(string profile, DriverCatalog catalog)
    {
        var links = new List<string>();
        links.AddRange(catalog.Serial.ContainsKey(profile) ? ["'line'"] : []);
        links.AddRange(catalog.Gatt.ContainsKey(profile) ? ["'radio'"] : []);
        links.AddRange(catalog.Mqtt.ContainsKey(profile) ? ["'password'"] : []);
        links.AddRange(catalog.Reports.ContainsKey(profile) ? ["none of these (it reports by MLLP)"] : []);
        return links.Count > 0
            ? $"its profile '{profile}' needs {string.Join(" or ", links)}"
            : $"there is no profile '{profile}' (known: {string.Join(", ", catalog.Names)})";
    }

    private static DeviceContext Context(DeviceSettings device, TimeZoneInfo zone, string driver) => new(
        device.Key,
        device.SystemId is { } systemId ? DeviceId.FromSystemId(systemId) : DeviceId.FromSerial(device.Maker, device.Model, device.Serial),
        device.Place,
        device.TimeZone is null ? zone : Zone(device.TimeZone, $"device '{device.Key}'"),
        driver,
        device.Serial,
        device.Model,
        device.Maker);

    private static TimeZoneInfo Zone(string name, string where) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)
            ? zone
            : throw new DocumentException($"{where}: the system knows no time zone '{name}'");
}
