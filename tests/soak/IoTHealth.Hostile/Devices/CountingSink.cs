using IoTHealth.Devices;

namespace IoTHealth.Hostile.Devices;

/// <summary>Takes everything and counts it; now and then a commit takes a moment.</summary>
internal sealed class CountingSink : IMeasurementSink
{
    private int _uploads;

    public long Measurements { get; private set; }

    public long Refusals { get; private set; }

    public async ValueTask AcceptAsync(DeviceContext device, DecodedUpload upload, CancellationToken cancellation)
    {
        Measurements += upload.Measurements.Count;
        Refusals += upload.Refusals.Count;
        if (++_uploads % 50 == 0)
        {
            await Task.Yield();
        }
    }
}
