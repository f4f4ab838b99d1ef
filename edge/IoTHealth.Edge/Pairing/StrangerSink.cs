using IoTHealth.Devices;

namespace IoTHealth.Edge.Pairing;

/// <summary>Notes the stranger that a driver heard on a registered device's line, and passes everything on.</summary>
internal sealed class StrangerSink(IMeasurementSink sink, PairingList? pairing) : IMeasurementSink
{
    public ValueTask AcceptAsync(DeviceContext device, DecodedUpload upload, CancellationToken cancellation)
    {
        if (upload.Stranger is { } told)
        {
            pairing?.Note("line", told, device.Key, device.Model, quarantine: device.Key);
        }

        return sink.AcceptAsync(device, upload, cancellation);
    }
}
