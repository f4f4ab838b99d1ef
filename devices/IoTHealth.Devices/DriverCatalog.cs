using System.Reflection;
using IoTHealth.Devices.BloodPressure;
using IoTHealth.Devices.Glucose;
using IoTHealth.Devices.Pacemaker;
using IoTHealth.Devices.Profiles;
using IoTHealth.Documents;
using IoTHealth.Links.Clock;

namespace IoTHealth.Devices;

/// <summary>Every driver the product has. A new device adds its folder and, unless a profile describes it, one line here.</summary>
public sealed class DriverCatalog
{
    private const string PacemakerProfile = "pacemaker";

    private static readonly Assembly Here = typeof(DriverCatalog).Assembly;
    private static readonly PacemakerDriver Pacemaker = new(TimeProvider.System);

    private readonly Dictionary<string, IMqttDriver> _mqtt;

    private DriverCatalog(IEnumerable<(string Name, IMqttDriver Driver)> mqtt) =>
        _mqtt = mqtt.ToDictionary(pair => pair.Name, pair => pair.Driver, StringComparer.Ordinal);

    public IReadOnlyDictionary<string, IMqttDriver> Mqtt => _mqtt;

    public IReadOnlyDictionary<string, ISerialDriver> Serial { get; } = new Dictionary<string, ISerialDriver>(StringComparer.Ordinal)
    {
        ["contour-meter"] = new ContourMeterDriver(),
        ["contour-meter-hid"] = new ContourMeterDriver(isHid: true),
        [PacemakerProfile] = Pacemaker,
    };

    public IReadOnlyDictionary<string, IGattDriver> Gatt { get; } = new Dictionary<string, IGattDriver>(StringComparer.Ordinal)
    {
        ["blood-pressure-cuff"] = new BloodPressureCuffDriver(TimeProvider.System, KernelClock.IsSynchronised),
        ["glucose-meter-ble"] = new GlucoseMeterDriver(TimeProvider.System),
    };

    public IReadOnlyDictionary<string, IReportDriver> Reports { get; } = new Dictionary<string, IReportDriver>(StringComparer.Ordinal)
    {
        [PacemakerProfile] = Pacemaker,
    };

    /// <summary>Every profile, whatever its link.</summary>
    public IEnumerable<string> Names => Mqtt.Keys.Concat(Serial.Keys).Concat(Gatt.Keys).Concat(Reports.Keys).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <summary>Loads the profiles that ship with the product.</summary>
    /// <exception cref="DocumentException">A profile breaks its schema.</exception>
    /// <exception cref="ArgumentException">A profile names something the catalogue does not know.</exception>
    public static DriverCatalog Load()
    {
        var schema = DocumentSchema.FromResource(Here, "mqtt-profile.schema.json");
        var profiles = Here.GetManifestResourceNames()
            .Where(name => name.EndsWith(".profile.yaml", StringComparison.Ordinal))
            .Select(name => Document.Parse<MqttProfile>(Read(name), name, schema));
        return new DriverCatalog(profiles.Select(profile => (profile.Profile, (IMqttDriver)new MqttProfileDriver(profile))).Append((PacemakerProfile, Pacemaker)));
    }

    private static string Read(string resource)
    {
        using var reader = new StreamReader(Here.GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
