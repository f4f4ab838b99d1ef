namespace IoTHealth.Edge.Uplink;

/// <summary>
/// How much is put on the line at once. What is new waits behind what is under way, so messages are as large as the line takes
/// within some tenths of a second, whatever it is: small at the beginning of a session, twice as large as one that went quickly,
/// and half as large after one that took long. Quick and long are meant beyond the line's own latency, which no size mends.
/// </summary>
internal sealed class LinePace(TimeProvider time)
{
    /// <summary>Takes two seconds at 8 kbit/s.</summary>
    public const int BodyBytesMinimum = 2_000;

    private const int UnderWayMaximum = 4;

    private static readonly TimeSpan Quick = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(500);

    /// <summary>For so long what was learnt of the line holds. Small messages teach nothing about large ones.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(10);

    private int _bodyBytes = BodyBytesMinimum;
    private TimeSpan _latency = TimeSpan.MaxValue;
    private long _learnt = time.GetTimestamp();
    private long _halved = time.GetTimestamp();

    /// <summary>Largest body, bytes.</summary>
    public int BodyBytes => time.GetElapsedTime(_learnt) < Memory ? _bodyBytes : BodyBytesMinimum;

    /// <summary>Messages under way at once, half of them of the backlog.</summary>
    public int UnderWay => BodyBytes > BodyBytesMinimum ? UnderWayMaximum : UnderWayMaximum / 2;

    /// <summary>A session begins; nothing is known of its line.</summary>
    public void Begin()
    {
        _bodyBytes = BodyBytesMinimum;
        _latency = TimeSpan.MaxValue;
        _learnt = _halved = time.GetTimestamp();
    }

    /// <summary>A message was acknowledged.</summary>
    /// <param name="bodyBytes">How large it was.</param>
    /// <param name="began">When it was sent, on the monotonic clock.</param>
    public void Succeeded(int bodyBytes, long began)
    {
        var (took, now) = (time.GetElapsedTime(began), time.GetTimestamp());
        if (_bodyBytes != BodyBytes)
        {
            (_bodyBytes, _halved) = (BodyBytes, now);
        }

        var isOfThisSize = began >= _halved;
        if (took < _latency || (_bodyBytes == BodyBytesMinimum && bodyBytes <= BodyBytesMinimum && isOfThisSize))
        {
            // Of the smallest it is latency for the most part, and nothing would make it less.
            _latency = took;
        }

        // A message waits for those that were sent before it, too: what was sent before the size was halved tells nothing new.
        if (took - _latency > Long && isOfThisSize)
        {
            _bodyBytes = Math.Max(BodyBytesMinimum, _bodyBytes / 2);
            _learnt = _halved = now;
        }
        else if (took - _latency < Quick)
        {
            _bodyBytes = Math.Max(_bodyBytes, Math.Min(BatchPacker.BodyBytesMaximum, bodyBytes * 2));
        }

        if (bodyBytes * 2 >= _bodyBytes)
        {
            _learnt = now;
        }
    }
}
