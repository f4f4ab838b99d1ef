using System.Globalization;

namespace IoTHealth.Links.Serial;

/// <summary>
/// A serial adapter, or a device with one built in, by what its USB descriptor says and not by the socket it is in.
/// </summary>
/// <param name="Vendor">idVendor, four hexadecimal digits.</param>
/// <param name="Product">idProduct, four hexadecimal digits.</param>
/// <param name="Serial">iSerialNumber, or null for any.</param>
public sealed record UsbLine(string Vendor, string Product, string? Serial = null)
{
    /// <summary>Where Linux lists its lines (Documentation/ABI/testing/sysfs-tty, sysfs-bus-usb).</summary>
    public const string SystemLines = "/sys/class/tty";

    /// <summary>Where Linux lists its HID devices (Documentation/ABI/testing/sysfs-driver-hid).</summary>
    public const string SystemHid = "/sys/class/hidraw";

    /// <summary>Reads <c>vendor:product</c> or <c>vendor:product:serial</c>.</summary>
    public static bool TryParse(string text, out UsbLine line)
    {
        var parts = text.Split(':', 3);
        line = new UsbLine(parts[0].ToLowerInvariant(), parts.Length > 1 ? parts[1].ToLowerInvariant() : "", parts.Length > 2 ? parts[2] : null);
        return parts.Length > 1 && IsId(line.Vendor) && IsId(line.Product) && line.Serial is null or { Length: > 0 };
    }

    /// <summary>The device file of the adapter that is plugged in now, for example <c>/dev/ttyUSB0</c>.</summary>
    /// <exception cref="IOException">None is plugged in, or several are and nothing tells them apart.</exception>
    public string Find(string lines = SystemLines)
    {
        var found = Directory.Exists(lines)
            ? Directory.EnumerateDirectories(lines).Where(Matches).Select(path => "/dev/" + Path.GetFileName(path)).Order(StringComparer.Ordinal).ToList()
            : [];
        return found switch
        {
            [var only] => only,
            [] => throw new IOException($"no device {this} is plugged in"),
            _ => throw new IOException($"{string.Join(" and ", found)} are both {this}: name the serial number too"),
        };
    }

    public override string ToString() => Serial is null ? $"{Vendor}:{Product}" : $"{Vendor}:{Product}:{Serial}";

    // The line is a link into the tree of devices, some levels below the folder of its USB device, which holds the descriptor.
    private bool Matches(string line)
    {
        var folder = Directory.ResolveLinkTarget(line, returnFinalTarget: true)?.FullName;
        for (; folder is { Length: > 1 }; folder = Path.GetDirectoryName(folder))
        {
            if (Text(folder, "idVendor") is { } vendor)
            {
                return vendor == Vendor && Text(folder, "idProduct") == Product && (Serial is null || Text(folder, "serial") == Serial);
            }
        }

        return false;
    }

    private static string? Text(string folder, string name)
    {
        var file = Path.Combine(folder, name);
        try
        {
            return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
        }
        catch (IOException)
        {
            // Pulled out meanwhile.
            return null;
        }
    }

    private static bool IsId(string text) =>
        text.Length == 4 && ushort.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _);
}
