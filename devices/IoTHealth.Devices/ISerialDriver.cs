using System.IO.Pipelines;

namespace IoTHealth.Devices;

/// <summary>Talks to one kind of device on a serial line.</summary>
public interface ISerialDriver
{
    /// <summary>Name with version, as it is written into every measurement.</summary>
    string Name { get; }

    /// <summary>What we can promise of its readings.</summary>
    GuaranteeClass Guarantee { get; }

    /// <summary>Length of the HID reports in which the device speaks, bytes; 0 for a plain serial line.</summary>
    int ReportBytes => 0;

    /// <summary>Line speed where the registry names none, bits per second.</summary>
    int Baud { get; }

    /// <summary>
    /// Serves a line until it ends or is cancelled. Acknowledges to the device only what the sink has made durable.
    /// </summary>
    /// <exception cref="IOException">The line hung up, or a reading could not be made durable: open it again later.</exception>
    Task RunAsync(IDuplexPipe port, DeviceContext device, IMeasurementSink sink, CancellationToken cancellation);
}
