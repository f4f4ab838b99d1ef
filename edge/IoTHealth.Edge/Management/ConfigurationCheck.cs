using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IoTHealth.Alarms;
using IoTHealth.Devices;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Influx;
using IoTHealth.Edge.Management.Api;
using IoTHealth.Edge.Radios;
using IoTHealth.Edge.Registry;
using IoTHealth.Edge.Reports;
using IoTHealth.Edge.Uplink;

namespace IoTHealth.Edge.Management;

/// <summary>Opens everything that <c>run</c> would open, by the same means, without starting anything.</summary>
internal static class ConfigurationCheck
{
    private static readonly string[] KeptSecrets = ["box.key", "api.token"];

    /// <exception cref="Exception">Something cannot be used; the message names it.</exception>
    public static string Describe(EdgeConfiguration configuration)
    {
        var registry = new DeviceRegistry(configuration, DriverCatalog.Load());
        var until = Certificate(configuration.Mqtt);
        foreach (var device in registry.Devices.OfType<GattDevice>())
        {
            BluetoothDevices.AddressOf(device);
        }

        var rules = configuration.Alarms is { } alarms ? RuleBook.Parse(alarms.RulesText, alarms.Rules).Rules.Count : 0;
        foreach (var ca in configuration.Alarms?.Webhooks.Select(hook => hook.Ca).OfType<string>() ?? [])
        {
            TrustedHttp.Policy(ca);
        }

        ApiDoor.Of(configuration.Api);
        if (configuration.Mllp is { } mllp)
        {
            MllpDoor.Of(mllp);
        }

        if (configuration.Influx is { } influx)
        {
            new InfluxWriter(influx).Dispose();
        }

        if (configuration.Uplink is { } uplink)
        {
            new HubTransport(configuration.Gateway, uplink, TimeProvider.System).Dispose();
            _ = uplink.Ca is null ? null : TrustedHttp.Policy(uplink.Ca);
        }

        foreach (var secret in KeptSecrets.Select(name => Path.Combine(configuration.Data, name)).Where(File.Exists))
        {
            SecretFile.CheckMode(secret);
        }

        return $"{configuration.Gateway}: {registry.Devices.Count()} devices, {configuration.Stations.Count} stations, {rules} alarm rules, " +
               $"certificate until {until:yyyy-MM-dd}; the configuration can be used";
    }

    private static DateTime Certificate(MqttSettings mqtt)
    {
        SecretFile.CheckMode(mqtt.Key);
        try
        {
            using var certificate = X509Certificate2.CreateFromPemFile(mqtt.Certificate, mqtt.Key);
            return certificate.NotAfter;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or IOException)
        {
            throw new IOException($"mqtt: {mqtt.Certificate} and {mqtt.Key} cannot be used together: {e.Message}");
        }
    }
}
