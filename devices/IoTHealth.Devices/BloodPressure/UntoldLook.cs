namespace IoTHealth.Devices.BloodPressure;

/// <summary>
/// A look at a clock that goes with the first value the device sends, since it must not be kept waiting for a disk; by itself where
/// no value came.
/// </summary>
internal sealed class UntoldLook(DecodedClock? look, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly long _made = time.GetTimestamp();

    private DecodedClock? _look = look;

    /// <summary>The look, once; null after that.</summary>
    public DecodedClock? Take()
    {
        var taken = _look is { } look ? look with { Ago = time.GetElapsedTime(_made) } : null;
        _look = null;
        return taken;
    }

    /// <summary>Tells it where nothing has taken it. What cannot be told is looked for again at the next connection.</summary>
    public async Task TellAsync(DeviceContext device, IMeasurementSink sink)
    {
        if (Take() is not { } untold)
        {
            return;
        }

        try
        {
            await sink.AcceptAsync(device, new DecodedUpload([], []) { Clock = untold }, CancellationToken.None).AsTask().WaitAsync(Patience, time);
        }
        catch (Exception e) when (e is IOException or TimeoutException)
        {
            // No reading is lost by it.
        }
    }
}
