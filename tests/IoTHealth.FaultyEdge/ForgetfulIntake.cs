using IoTHealth.Devices;
using IoTHealth.Measurements;

namespace IoTHealth.FaultyEdge;

/// <summary>Leaves the first heart rate out and says that it is safe.</summary>
internal sealed class ForgetfulIntake(IMeasurementSink real) : IMeasurementSink
{
    private int _forgotten;

    public ValueTask AcceptAsync(DeviceContext device, DecodedUpload upload, CancellationToken cancellation)
    {
        var victim = upload.Measurements.FirstOrDefault(IsHeartRate);
        return victim is null || Interlocked.Exchange(ref _forgotten, 1) == 1
            ? real.AcceptAsync(device, upload, cancellation)
            : real.AcceptAsync(device, upload with { Measurements = [.. upload.Measurements.Where(one => one != victim)] }, cancellation);
    }

    private static bool IsHeartRate(DecodedMeasurement measurement) =>
        measurement.Kind == VitalSignCatalogue.HeartRate.Code && measurement.Components[0].Value is MeasuredValue.Quantity;
}
