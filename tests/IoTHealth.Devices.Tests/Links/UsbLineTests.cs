using IoTHealth.Links.Serial;
using IoTHealth.Testing;

namespace IoTHealth.Devices.Tests.Links;

/// <summary>Against folders laid out as Linux lays out /sys; a real adapter is tried in the virtual machine.</summary>
public sealed class UsbLineTests : IDisposable
{
    private readonly TestFolder _sys = new();

    public UsbLineTests()
    {
        Plug("ttyUSB0", "1-1", "0403", "6001", "FT1");
        Plug("ttyUSB1", "1-2", "0403", "6001", "FT2");
        Plug("ttyACM0", "1-3", "1a79", "7410", null);
        Directory.CreateDirectory(Path.Combine(Lines, "ttyS0"));
    }

    private string Lines => _sys.File("class/tty");

    public void Dispose() => _sys.Dispose();

    [Theory]
    [InlineData("1a79:7410", "/dev/ttyACM0")]
    [InlineData("1A79:7410", "/dev/ttyACM0")]
    [InlineData("0403:6001:FT2", "/dev/ttyUSB1")]
    public void The_adapter_is_found_by_its_descriptor(string usb, string path)
    {
        Assert.True(UsbLine.TryParse(usb, out var line));
        Assert.Equal(path, line.Find(Lines));
    }

    [Theory]
    [InlineData("0403:6001", "both")]
    [InlineData("0403:6001:FT3", "no device")]
    [InlineData("dead:beef", "no device")]
    public void None_or_several_are_said_so(string usb, string reason)
    {
        Assert.True(UsbLine.TryParse(usb, out var line));
        Assert.Contains(reason, Assert.Throws<IOException>(() => line.Find(Lines)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0403")]
    [InlineData("0403:60")]
    [InlineData("0403:600x")]
    [InlineData("0403:6001:")]
    public void Anything_else_is_no_id(string usb) => Assert.False(UsbLine.TryParse(usb, out _));

    private void Plug(string line, string socket, string vendor, string product, string? serial)
    {
        var device = _sys.File($"devices/usb1/{socket}");
        var tty = Path.Combine(device, $"{socket}:1.0", "tty", line);
        Directory.CreateDirectory(tty);
        File.WriteAllText(Path.Combine(device, "idVendor"), vendor + "\n");
        File.WriteAllText(Path.Combine(device, "idProduct"), product + "\n");
        if (serial is not null)
        {
            File.WriteAllText(Path.Combine(device, "serial"), serial + "\n");
        }

        Directory.CreateDirectory(Lines);
        Directory.CreateSymbolicLink(Path.Combine(Lines, line), Path.Combine("../..", Path.GetRelativePath(_sys.Path, tty)));
    }
}
