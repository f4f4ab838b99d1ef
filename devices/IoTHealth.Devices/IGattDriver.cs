using IoTHealth.Links.Bluetooth;

namespace IoTHealth.Devices;

/// <summary>Talks to one kind of Bluetooth LE device.</summary>
public interface IGattDriver
{
    /// <summary>Name with version, as it is written into every measurement.</summary>
    string Name { get; }

    /// <summary>What we can promise of its readings.</summary>
    GuaranteeClass Guarantee { get; }

    /// <summary>The service by which such a device makes itself known.</summary>
    Guid Service { get; }

    /// <summary>
    /// Serves a connected device until it goes, is done or is cancelled. Deletes on the device, or goes on past a record, only
    /// what the sink has made durable. An instance serves many devices, one at a time each.
    /// </summary>
    /// <exception cref="IOException">The device has gone, or a reading could not be made durable: connect again later.</exception>
    Task RunAsync(IGattPeripheral peripheral, DeviceContext device, IMeasurementSink sink, CancellationToken cancellation);
}
