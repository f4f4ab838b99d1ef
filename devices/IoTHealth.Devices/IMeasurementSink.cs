using IoTHealth.Measurements;

namespace IoTHealth.Devices;

/// <summary>The device a driver serves, as the registry knows it.</summary>
/// <param name="Key">Key in the registry: user name, topic level, label.</param>
/// <param name="Id">Global id, equal on every gateway.</param>
/// <param name="Place">Where it stands.</param>
/// <param name="Zone">Zone of its clock where it gives none.</param>
/// <param name="Driver">Name of its driver, with version.</param>
/// <param name="Serial">Serial number, by which a device on a line is told from another that was plugged in instead.</param>
/// <param name="Model">Model, by which a report is told from one of another device.</param>
/// <param name="Maker">Maker, which tells a report that names no model.</param>
public sealed record DeviceContext(string Key, DeviceId Id, string Place, TimeZoneInfo Zone, string Driver, string Serial = "", string Model = "", string Maker = "");

/// <summary>Where drivers put what they read.</summary>
public interface IMeasurementSink
{
    /// <summary>
    /// Takes an upload. Completes once everything in it is durable, readings in the journal and refusals in quarantine;
    /// only then may the driver acknowledge or delete on the device. The upload's place is taken before the first await.
    /// </summary>
    /// <exception cref="IOException">It could not be made durable: do not acknowledge.</exception>
    ValueTask AcceptAsync(DeviceContext device, DecodedUpload upload, CancellationToken cancellation);
}
