using System.CommandLine;
using IoTHealth.Devices;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Registry;

namespace IoTHealth.Edge.Management.Commands;

/// <summary><c>devices list</c>: the registered devices.</summary>
internal static class DevicesCommand
{
    public static Command Create()
    {
        var config = Invocation.ConfigOption();
        var json = Invocation.JsonOption();
        var list = Invocation.Command(
            "list", "Lists the registered devices with their drivers and guarantee classes.", "devices list", "devices list --json");
        list.Options.Add(config);
        list.Options.Add(json);
        list.SetAction(result => Invocation.Try(() => Print(SignedConfiguration.InForce(EdgeConfiguration.Load(result.GetValue(config)!)).Configuration, result.GetValue(json))));
        return new Command("devices", "What is known of devices.") { list };
    }

    private static void Print(EdgeConfiguration configuration, bool asJson)
    {
        var devices = new DeviceRegistry(configuration, DriverCatalog.Load()).Devices.OrderBy(d => d.Context.Key, StringComparer.Ordinal).ToList();
        if (asJson)
        {
            PlainJson.Print(devices.Select(device => new
            {
                key = device.Context.Key,
                place = device.Context.Place,
                driver = device.Context.Driver,
                guarantee = device.Guarantee.Word(),
                id = device.Context.Id.Value,
            }));
            return;
        }

        Console.WriteLine(Row("device", "place", "driver", "guarantee", "identity"));
        devices.ForEach(device => Console.WriteLine(
            Row(device.Context.Key, device.Context.Place, device.Context.Driver, device.Guarantee.Word(), device.Context.Id.Value)));
    }

    private static string Row(string key, string place, string driver, string guarantee, string identity) =>
        $"{key,-20} {place,-24} {driver,-24} {guarantee,-14} {identity}";
}
