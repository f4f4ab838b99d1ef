namespace IoTHealth.Links.Mqtt;

/// <summary>Whether a client has been silent, dripping or deaf for too long. Asked about once a second; not thread-safe.</summary>
/// <param name="options">The bounds.</param>
/// <param name="silenceMaximum">How long it may say nothing.</param>
/// <param name="time">Clock.</param>
internal sealed class OverdueWatch(MqttIngressOptions options, TimeSpan silenceMaximum, TimeProvider time)
{
    private long _packets = -1;
    private long _packetsSince;
    private long _withinSince;

    /// <summary>Why it must be put out, or null.</summary>
    /// <param name="packets">Packets read so far.</param>
    /// <param name="isWithinPacket">Part of a packet has come and the rest has not.</param>
    /// <param name="isHeldUp">We are not reading, so that it could not speak.</param>
    /// <param name="unread">How long it has not read what it is sent.</param>
    public string? Mistake(long packets, bool isWithinPacket, bool isHeldUp, TimeSpan unread)
    {
        var now = time.GetTimestamp();
        if (packets != _packets || isHeldUp)
        {
            (_packets, _packetsSince, _withinSince) = (packets, now, 0);
        }

        _withinSince = !isWithinPacket ? 0 : _withinSince == 0 ? now : _withinSince;
        if (unread > options.UnreadTimeout)
        {
            return $"it did not read what it was sent for {options.UnreadTimeout.TotalSeconds:0.#} s";
        }

        if (_withinSince != 0 && time.GetElapsedTime(_withinSince, now) > options.PacketTimeout)
        {
            return $"a packet was not whole after {options.PacketTimeout.TotalSeconds:0.#} s";
        }

        return time.GetElapsedTime(_packetsSince, now) > silenceMaximum ? $"it said nothing for {silenceMaximum.TotalSeconds:0.#} s" : null;
    }
}
