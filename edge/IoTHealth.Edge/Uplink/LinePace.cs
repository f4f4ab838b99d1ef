namespace IoTHealth.Edge.Uplink;

/// <summary>
/// How much is put on the line at once. A slow line would time out on full messages for ever, and keep an alarm waiting behind
/// one: after a time-out, or a message that took long, half as much is sent, and twice as much again while it goes quickly.
/// </summary>
internal sealed class LinePace
{
    private const int UnderWayMaximum = 4;
    private const int BodyBytesMinimum = 2_000;

    private static readonly TimeSpan Long = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(1);

    /// <summary>Largest body, bytes.</summary>
    public int BodyBytes { get; private set; } = BatchPacker.BodyBytesMaximum;

    /// <summary>Messages under way at once.</summary>
    public int UnderWay { get; private set; } = UnderWayMaximum;

    public void Succeeded(TimeSpan took)
    {
        if (took > Long)
        {
            UnderWay = Math.Max(1, UnderWay - 1);
            BodyBytes = Math.Max(BodyBytesMinimum, BodyBytes / 2);
        }
        else if (took < Quick)
        {
            UnderWay = Math.Min(UnderWayMaximum, UnderWay + 1);
            BodyBytes = Math.Min(BatchPacker.BodyBytesMaximum, BodyBytes * 2);
        }
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
