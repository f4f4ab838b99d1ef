namespace IoTHealth.Edge.Uplink;

/// <summary>
/// How much is put on the line at once. A slow line would time out on full messages for ever; after each time-out half as
/// much is sent, and twice as much again after each success.
/// </summary>
internal sealed class LinePace
{
    private const int UnderWayMaximum = 4;
    private const int BodyBytesMinimum = 2_000;

    /// <summary>Largest body, bytes.</summary>
    public int BodyBytes { get; private set; } = BatchPacker.BodyBytesMaximum;

    /// <summary>Messages under way at once.</summary>
    public int UnderWay { get; private set; } = UnderWayMaximum;

    public void Succeeded()
    {
        UnderWay = Math.Min(UnderWayMaximum, UnderWay + 1);
        BodyBytes = Math.Min(BatchPacker.BodyBytesMaximum, BodyBytes * 2);
    }

    public void Failed(Exception failure)
    {
        if (failure is TimeoutException or OperationCanceledException)
        {
            UnderWay = 1;
            BodyBytes = Math.Max(BodyBytesMinimum, BodyBytes / 2);
        }
    }
}
