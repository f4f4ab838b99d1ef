using IoTHealth.Devices;
using IoTHealth.Edge.Registry;
using IoTHealth.Links.Serial;

namespace IoTHealth.Edge.Management.Checks;

/// <summary>Serial lines and Bluetooth: plugged in, and ours to open. Nothing is opened, for that disturbs a device.</summary>
/// <param name="adapters">The kernel's Bluetooth adapters.</param>
internal sealed class LinkCheck(string adapters = "/sys/class/bluetooth") : ICheck
{
    private const string Part = "links";

    public Task<IReadOnlyList<CheckLine>> LookAsync(CheckSubject subject, CancellationToken cancellation)
    {
        DeviceRegistry registry;
        try
        {
            registry = new DeviceRegistry(subject.Configuration, DriverCatalog.Load());
        }
        catch (Documents.DocumentException)
        {
            // The look at the configuration has told it.
            return Task.FromResult<IReadOnlyList<CheckLine>>([]);
        }

        var lines = registry.Devices.OfType<SerialDevice>().Select(Line).ToList();
        lines.AddRange(registry.Devices.OfType<GattDevice>().Select(device => device.Radio.Adapter).Distinct(StringComparer.Ordinal).Select(Adapter));
        return Task.FromResult<IReadOnlyList<CheckLine>>(lines);
    }

    private static CheckLine Line(SerialDevice device)
    {
        var remedy = new Words("ケーブルと電源を確認し、利用者を dialout グループに加えてください。", "See to cable and power; adduser iothealth dialout.");
        try
        {
            var path = device.Line.Usb is { } usb && UsbLine.TryParse(usb, out var adapter)
                ? adapter.Find(device.Driver.ReportBytes > 0 ? UsbLine.SystemHid : UsbLine.SystemLines)
                : device.Line.Path!;
            return File.Exists(path)
                ? CheckLine.Ok(Part, $"{device.Context.Key}: {path} があります。", $"{device.Context.Key}: {path} is there")
                : CheckLine.Warning(Part, new Words($"{device.Context.Key}: {path} がありません。", $"{device.Context.Key}: there is no {path}"), remedy);
        }
        catch (IOException e)
        {
            return CheckLine.Warning(Part, new Words($"{device.Context.Key}: {e.Message}", $"{device.Context.Key}: {e.Message}"), remedy);
        }
    }

    private CheckLine Adapter(string? name)
    {
        var there = Directory.Exists(adapters) ? Directory.GetDirectories(adapters).Select(Path.GetFileName).Order(StringComparer.Ordinal).ToList() : [];
        return there.Count > 0 && (name is null || there.Contains(name))
            ? CheckLine.Ok(Part, $"Bluetooth: {name ?? there[0]} があります。", $"Bluetooth: {name ?? there[0]} is there")
            : CheckLine.Warning(
                Part, new Words($"Bluetooth: {name ?? "アダプター"} がありません。", $"Bluetooth: there is no {name ?? "adapter"}"),
                new Words("アダプターを挿し、bluez を入れ、rfkill list で遮断されていないか確認してください。", "Plug one in, install bluez, and see in rfkill list that it is not blocked."));
    }
}
