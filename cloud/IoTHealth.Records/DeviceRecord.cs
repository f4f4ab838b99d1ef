using Hl7.Fhir.Model;
using IoTHealth.Measurements;

namespace IoTHealth.Records;

/// <summary>Measuring devices and gateways as FHIR Devices.</summary>
public static class DeviceRecord
{
    public static Device Of(DeviceId device)
    {
        var parts = DeviceDescription.Of(device);
        return new Device
        {
            Identifier = [new Identifier(Systems.Device, device.Key)],
            Manufacturer = Given(parts.Maker),
            ModelNumber = Given(parts.Model),
            SerialNumber = Given(parts.Serial),
        };
    }

    public static Device OfGateway(string gateway) => Named(Systems.Gateway, gateway);

    public static Device OfProgram() => Named(Systems.Agent, ProvenanceRecord.Program);

    private static Device Named(string system, string name)
    {
        var device = new Device { Identifier = [new Identifier(system, name)] };
        device.DeviceName.Add(new Device.DeviceNameComponent { Name = name, Type = DeviceNameType.UserFriendlyName });
        return device;
    }

    private static string? Given(string text) => text.Length > 0 ? text : null;
}
