using IoTHealth.Alarms;
using IoTHealth.Devices;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Influx;
using IoTHealth.Edge.Management.Api;
using IoTHealth.Edge.Radios;
using IoTHealth.Edge.Registry;
using IoTHealth.Edge.Reports;
using IoTHealth.Edge.Uplink;

namespace IoTHealth.Edge.Management.Checks;

/// <summary>Opens everything that <c>run</c> would open, by the same means, without starting anything.</summary>
internal sealed class ConfigurationCheck : ICheck
{
    private const string Part = "configuration";

    private static readonly string[] KeptSecrets = ["box.key", "api.token"];

    public Task<IReadOnlyList<CheckLine>> LookAsync(CheckSubject subject, CancellationToken cancellation)
    {
        var configuration = subject.Configuration;
        var lines = Attempts(configuration).Select(Look).OfType<CheckLine>().ToList();
        if (lines.Count == 0)
        {
            lines.Add(CheckLine.Ok(
                Part,
                $"{configuration.Gateway}: 機器 {configuration.Devices.Count}、ステーション {configuration.Stations.Count}。使用できます。",
                $"{configuration.Gateway}: {configuration.Devices.Count} devices, {configuration.Stations.Count} stations; the configuration can be used"));
        }

        if (configuration.Alarms is null)
        {
            lines.Add(CheckLine.Warning(
                Part, new Words("通知規則がありません。誰も呼ばれません。", "there are no alarm rules: nobody will be called"),
                new Words("edge.yaml に alarms を加えてください。", "Add alarms to edge.yaml.")));
        }

        return Task.FromResult<IReadOnlyList<CheckLine>>(lines);
    }

    private static IEnumerable<Action> Attempts(EdgeConfiguration configuration)
    {
        yield return () => AddressesOf(new DeviceRegistry(configuration, DriverCatalog.Load()));
        yield return () => ApiDoor.Of(configuration.Api);
        if (configuration.Alarms is { } alarms)
        {
            yield return () => RuleBook.Parse(alarms.RulesText, alarms.Rules);
        }

        foreach (var ca in configuration.Alarms?.Webhooks.Select(hook => hook.Ca).OfType<string>() ?? [])
        {
            yield return () => TrustedHttp.Policy(ca);
        }

        if (configuration.Mllp is { } mllp)
        {
            yield return () => MllpDoor.Of(mllp);
        }

        if (configuration.Influx is { } influx)
        {
            yield return () => new InfluxWriter(influx).Dispose();
        }

        if (configuration.Uplink is { } uplink)
        {
            yield return () => new HubTransport(configuration.Gateway, uplink, TimeProvider.System).Dispose();
            yield return () => _ = uplink.Ca is null ? null : TrustedHttp.Policy(uplink.Ca);
        }

        foreach (var secret in KeptSecrets.Select(name => Path.Combine(configuration.Data, name)).Where(File.Exists).Append(configuration.Mqtt.Key))
        {
            yield return () => SecretFile.CheckMode(secret);
        }
    }

    private static void AddressesOf(DeviceRegistry registry)
    {
        foreach (var device in registry.Devices.OfType<GattDevice>())
        {
            BluetoothDevices.AddressOf(device);
        }
    }

    private static CheckLine? Look(Action attempt)
    {
        try
        {
            attempt();
            return null;
        }
        catch (Exception e)
        {
            return CheckLine.Failed(Part, new Words(e.Message, e.Message), new Words("この箇所を直してください。", "Mend what it names."));
        }
    }
}
