namespace IoTHealth.Links.Mqtt;

/// <summary>
/// How fast one client may speak: packets and bytes a second, with a burst. It only tells how long to wait before reading on; nothing
/// is dropped. Not thread-safe: one for each connection's reader.
/// </summary>
internal sealed class RateLimit
{
    private readonly TimeProvider _time;
    private readonly double _ticksPerPacket;
    private readonly double _ticksPerByte;
    private readonly long _burstTicks;

    // When what was taken so far would have come at exactly the rate (virtual scheduling, ITU-T I.371).
    private long _packetsDue;
    private long _bytesDue;

    public RateLimit(int packetsPerSecond, int bytesPerSecond, TimeSpan burst, TimeProvider time)
    {
        _time = time;
        _ticksPerPacket = (double)time.TimestampFrequency / packetsPerSecond;
        _ticksPerByte = (double)time.TimestampFrequency / bytesPerSecond;
        _burstTicks = (long)(burst.TotalSeconds * time.TimestampFrequency);
        (_packetsDue, _bytesDue) = (long.MinValue, long.MinValue);
    }

    /// <summary>Counts packets that were read.</summary>
    /// <returns>How long to wait before the next is read; zero while it keeps its rate.</returns>
    public TimeSpan Take(int packets, int bytes)
    {
        var now = _time.GetTimestamp();
        _packetsDue = Math.Max(_packetsDue, now - _burstTicks) + (long)(packets * _ticksPerPacket);
        _bytesDue = Math.Max(_bytesDue, now - _burstTicks) + (long)(bytes * _ticksPerByte);
        var ahead = Math.Max(_packetsDue, _bytesDue) - now;
        return ahead <= 0 ? TimeSpan.Zero : _time.GetElapsedTime(0, ahead);
    }
}
