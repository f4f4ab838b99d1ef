using IoTHealth.Measurements;

namespace IoTHealth.Records;

/// <summary>Maker, model and serial number of a device; empty where its id does not tell them.</summary>
public sealed record DeviceDescription(string Maker, string Model, string Serial)
{
    private const string SerialForm = "serial:";
    private const string SystemIdForm = "sysid:";

    /// <summary>
    /// Reads the parts of a device id, in the label's own spelling. A system id stands for the serial number, and so does
    /// any other text.
    /// </summary>
    public static DeviceDescription Of(DeviceId device)
    {
        if (device.Value.StartsWith(SystemIdForm, StringComparison.Ordinal))
        {
            return new DeviceDescription("", "", device.Value[SystemIdForm.Length..]);
        }

        var parts = device.Value.StartsWith(SerialForm, StringComparison.Ordinal)
            ? device.Value[SerialForm.Length..].Split('/')
            : [];
        return parts.Length == 3
            ? new DeviceDescription(Part(parts[0]), Part(parts[1]), Part(parts[2]))
            : new DeviceDescription("", "", device.Value);
    }

    private static string Part(string text) =>
        text.Replace("%2f", "/", StringComparison.Ordinal).Replace("%25", "%", StringComparison.Ordinal);
}
