using System.Collections.Frozen;
using IoTHealth.Devices;
using IoTHealth.Edge.Configuration;
using IoTHealth.Links.Serial;

namespace IoTHealth.Edge.Registry;

/// <summary>A device this gateway serves.</summary>
public abstract record RegisteredDevice(DeviceContext Context, GuaranteeClass Guarantee);

/// <summary>A device that may speak to this gateway by MQTT.</summary>
public sealed record MqttDevice(DeviceContext Context, IMqttDriver Driver, string PasswordHash, FrozenSet<string> Topics)
    : RegisteredDevice(Context, Driver.Guarantee)
{
    /// <summary>Whether a session of the one may go on as the other's: only where it stands has changed.</summary>
    public bool IsServedAs(MqttDevice? other) => other is not null && Driver == other.Driver && PasswordHash == other.PasswordHash &&
                                                 Context with { Place = "" } == other.Context with { Place = "" };
}

/// <summary>A device on a serial line.</summary>
public sealed record SerialDevice(DeviceContext Context, ISerialDriver Driver, LineSettings Line) : RegisteredDevice(Context, Driver.Guarantee)
{
    /// <summary>Opens its line, wherever it is plugged in now.</summary>
    /// <exception cref="IOException">It is not plugged in, or cannot be opened.</exception>
    public TtyPort Open() => Driver.ReportBytes is > 0 and var reportBytes
        ? TtyPort.OpenReports(Path(UsbLine.SystemHid), reportBytes)
        : TtyPort.Open(new SerialSettings(Path(UsbLine.SystemLines), Line.Baud ?? Driver.Baud));

    /// <summary>Where it is, as the registry names it.</summary>
    public string? Place => Line.Path ?? Line.Usb;

    private string Path(string listed) => Line.Usb is { } usb && UsbLine.TryParse(usb, out var adapter) ? adapter.Find(listed) : Line.Path!;
}

/// <summary>A Bluetooth LE device.</summary>
public sealed record GattDevice(DeviceContext Context, IGattDriver Driver, RadioSettings Radio) : RegisteredDevice(Context, Driver.Guarantee);

/// <summary>A device whose reports come as HL7 v2 by MLLP, found by the identity they name.</summary>
public sealed record ReportingDevice(DeviceContext Context, IReportDriver Driver) : RegisteredDevice(Context, Driver.Guarantee);
