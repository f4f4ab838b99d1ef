using System.Text.Json;

namespace IoTHealth.Demo.Facilities;

/// <summary>The list of Bluetooth devices a simulator plays.</summary>
internal static class RadioList
{
    public static string Of(IEnumerable<BedsideDevice> devices) => JsonSerializer.Serialize(
        devices.Where(device => device.Radio is not null).Select(device => new { kind = Kind(device), serial = device.Serial, address = device.Radio }));

    private static string Kind(BedsideDevice device) => device.Profile == BedsideDevice.Cuff ? "blood-pressure-cuff" : "glucose-meter";
}
