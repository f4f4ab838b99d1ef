using IoTHealth.Edge.Uplink;
using Microsoft.Extensions.Time.Testing;

namespace IoTHealth.Edge.Tests.Uplink;

/// <summary>A line that brings one byte after the other, with as much of a backlog on it as the pace allows. Without a wire and without waiting.</summary>
internal sealed class SimulatedLine(double bytesPerSecond, TimeSpan latency)
{
    private const int LiveBytes = 300;

    private readonly Queue<(int Bytes, long Began, DateTimeOffset Acknowledged)> _underWay = new();
    private DateTimeOffset _free = Sample.Noon;

    public FakeTimeProvider Time { get; } = new(Sample.Noon);

    /// <summary>May change at any time.</summary>
    public double BytesPerSecond { get; set; } = bytesPerSecond;

    public TimeSpan Latency { get; set; } = latency;

    /// <summary>How long what is new would wait for its acknowledgement, beyond the line's latency.</summary>
    public TimeSpan LiveWait => Max(_free - Time.GetUtcNow(), TimeSpan.Zero) + TimeSpan.FromSeconds(LiveBytes / BytesPerSecond);

    /// <summary>Lets it go until the next message is acknowledged.</summary>
    /// <returns>Bytes of that message.</returns>
    public int Step(LinePace pace)
    {
        while (_underWay.Count < pace.UnderWay / 2)
        {
            Send(pace.BodyBytes);
        }

        return Land(pace);
    }

    /// <summary>Only what is new is sent for a time, one a second.</summary>
    public void SendLiveAlone(LinePace pace, TimeSpan span)
    {
        while (_underWay.Count > 0)
        {
            Land(pace);
        }

        for (var end = Time.GetUtcNow() + span; Time.GetUtcNow() < end; Time.Advance(TimeSpan.FromSeconds(1)))
        {
            Send(LiveBytes);
            Land(pace);
        }
    }

    private void Send(int bytes)
    {
        _free = Max(_free, Time.GetUtcNow()) + TimeSpan.FromSeconds(bytes / BytesPerSecond);
        _underWay.Enqueue((bytes, Time.GetTimestamp(), _free + Latency));
    }

    private int Land(LinePace pace)
    {
        var (bytes, began, acknowledged) = _underWay.Dequeue();
        Time.Advance(Max(acknowledged - Time.GetUtcNow(), TimeSpan.Zero));
        pace.Succeeded(bytes, began);
        return bytes;
    }

    private static DateTimeOffset Max(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
