using IoTHealth.Links.Mqtt;

namespace IoTHealth.Devices;

/// <summary>
/// Reads the messages of one kind of MQTT device. Pure and total: no I/O, no clock, and whatever the bytes it answers
/// with measurements and refusals and never throws.
/// </summary>
public interface IMqttDriver
{
    /// <summary>Name with version, as it is written into every measurement.</summary>
    string Name { get; }

    /// <summary>What we can promise of its readings.</summary>
    GuaranteeClass Guarantee { get; }

    /// <summary>The topics a device with this key may publish to; nothing else is taken from it.</summary>
    IReadOnlyList<string> Topics(string deviceKey);

    /// <param name="message">What came.</param>
    /// <param name="device">The registered device whose credential it came under.</param>
    DecodedUpload Read(MqttMessage message, DeviceContext device);
}
