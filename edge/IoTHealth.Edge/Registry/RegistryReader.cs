using System.Collections.Frozen;
using IoTHealth.Devices;
using IoTHealth.Documents;
using IoTHealth.Edge.Configuration;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Registry;

/// <summary>Looks up what a configuration names. Mistakes say where they stand in the document.</summary>
internal sealed class RegistryReader(EdgeConfiguration configuration, DriverCatalog catalog)
{
    /// <exception cref="DocumentException">The configuration cannot be used.</exception>
    public RegistrySnapshot Read()
    {
        var zone = Zone(configuration.TimeZone, "/timeZone", "timeZone");
        var devices = configuration.Devices.Select((device, index) => Register(device, $"/devices/{index}", zone)).ToList();
        foreach (var twins in Twins(devices, device => device.Context.Id))
        {
            throw Mistake(devices, twins, "", $"are one and the same: {twins.Key}");
        }

        if (configuration.Mllp is null && devices.FindIndex(device => device is ReportingDevice) is >= 0 and var unheard)
        {
            throw configuration.Mistake($"/devices/{unheard}", $"device '{devices[unheard].Context.Key}' reports by MLLP, and no 'mllp' is configured to hear it");
        }

        // Whoever won the link would give its readings to the wrong one.
        foreach (var twins in Twins(devices.Where(device => LinkOf(device) is not null), device => LinkOf(device)!.ToUpperInvariant()))
        {
            throw Mistake(devices, twins, "", $"have one and the same link: {LinkOf(twins.First())}");
        }

        CheckKeys();
        return new RegistrySnapshot(
            zone,
            devices.ToFrozenDictionary(device => device.Context.Key, StringComparer.Ordinal),
            devices.ToFrozenDictionary(device => device.Context.Id),
            configuration.Stations.ToFrozenDictionary(station => station.Key, StringComparer.Ordinal));
    }

    private static IEnumerable<IGrouping<T, RegisteredDevice>> Twins<T>(IEnumerable<RegisteredDevice> devices, Func<RegisteredDevice, T> by) =>
        devices.GroupBy(by).Where(group => group.Count() > 1);

    private DocumentException Mistake(List<RegisteredDevice> all, IEnumerable<RegisteredDevice> twins, string field, string reason) => configuration.Mistake(
        $"/devices/{all.IndexOf(twins.Last())}{field}", $"devices {string.Join(", ", twins.Select(twin => twin.Context.Key))} {reason}");

    private void CheckKeys()
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var named = configuration.Devices.Select((device, index) => (device.Key, At: $"/devices/{index}/key"))
            .Concat(configuration.Stations.Select((station, index) => (station.Key, At: $"/stations/{index}/key")));
        foreach (var (key, at) in named)
        {
            if (!keys.Add(key))
            {
                throw configuration.Mistake(at, $"the key '{key}' is given twice");
            }
        }
    }

    private static string? LinkOf(RegisteredDevice device) => device switch
    {
        GattDevice gatt => gatt.Radio.Address,
        SerialDevice serial => serial.Place,
        _ => null,
    };

    // The link that the registry names decides; a profile may know several.
    private RegisteredDevice Register(DeviceSettings device, string at, TimeZoneInfo zone) => device switch
    {
        { Line: { } line } when catalog.Serial.TryGetValue(device.Profile, out var driver) =>
            new SerialDevice(Context(device, at, zone, driver.Name), driver, line),
        { Radio: { } radio } when catalog.Gatt.TryGetValue(device.Profile, out var driver) =>
            new GattDevice(Context(device, at, zone, driver.Name), driver, radio with { Address = radio.Address.ToUpperInvariant() }),
        { Password: { } password } when catalog.Mqtt.TryGetValue(device.Profile, out var driver) => new MqttDevice(
            Context(device, at, zone, driver.Name), driver, password, driver.Topics(device.Key).ToFrozenSet(StringComparer.Ordinal)),
        { Line: null, Radio: null, Password: null } when catalog.Reports.TryGetValue(device.Profile, out var driver) =>
            new ReportingDevice(Context(device, at, zone, driver.Name), driver),
        _ => throw configuration.Mistake($"{at}/profile", $"device '{device.Key}': {Links(device.Profile)}"),
    };

    private string Links(string profile)
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

    private DeviceContext Context(DeviceSettings device, string at, TimeZoneInfo zone, string driver) => new(
        device.Key,
        device.SystemId is { } systemId ? DeviceId.FromSystemId(systemId) : DeviceId.FromSerial(device.Maker, device.Model, device.Serial),
        device.Place,
        device.TimeZone is null ? zone : Zone(device.TimeZone, $"{at}/timeZone", $"device '{device.Key}'"),
        driver,
        device.Serial,
        device.Model,
        device.Maker);

    private TimeZoneInfo Zone(string name, string at, string where) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone)
            ? zone
            : throw configuration.Mistake(at, $"{where}: the system knows no time zone '{name}'");
}
