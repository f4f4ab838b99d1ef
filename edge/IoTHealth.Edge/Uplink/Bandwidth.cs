namespace IoTHealth.Edge.Uplink;

/// <summary>
/// Keeps the uplink below a rate, so that a line it shares stays usable. A message may go once nothing is owed, and is then owed
/// itself; alarms go at once and are owed too.
/// </summary>
internal sealed class Bandwidth(int? kilobitsPerSecond, TimeProvider time)
{
    /// <summary>Topic, MQTT, TLS and TCP headers of a message, about.</summary>
    private const int OverheadBytes = 300;

    private const double LongestMessageSeconds = 2;

    private readonly double? _bytesPerSecond = kilobitsPerSecond * 125.0;

    private double _owed;
    private long _at = time.GetTimestamp();

    /// <summary>Largest body that leaves room for others soon.</summary>
    public int BodyBytes => _bytesPerSecond is { } rate ? (int)Math.Clamp(rate * LongestMessageSeconds, 2_000, BatchPacker.BodyBytesMaximum) : BatchPacker.BodyBytesMaximum;

    /// <summary>How long until a message other than an alarm may go.</summary>
    public TimeSpan Wait
    {
        get
        {
            Repay();
            return _bytesPerSecond is { } rate && _owed > 0 ? TimeSpan.FromSeconds(_owed / rate) : TimeSpan.Zero;
        }
    }

    public void Send(int bodyBytes)
    {
        Repay();
        _owed += bodyBytes + OverheadBytes;
    }

    private void Repay()
    {
        var now = time.GetTimestamp();
        _owed = Math.Max(0, _owed - time.GetElapsedTime(_at, now).TotalSeconds * (_bytesPerSecond ?? 0));
        _at = now;
    }
}
