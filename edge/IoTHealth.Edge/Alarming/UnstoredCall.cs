using IoTHealth.Measurements;

namespace IoTHealth.Edge.Alarming;

/// <summary>An alarm that is called for from memory, because it could not be stored yet.</summary>
internal sealed class UnstoredCall(Alarm alarm, TimeSpan repeat)
{
    private readonly Dictionary<string, Telling> _channels = new(StringComparer.Ordinal);

    public Alarm Alarm { get; } = alarm;

    public TimeSpan Repeat { get; } = repeat;

    public string? AcknowledgedBy { get; set; }

    public DateTimeOffset? AcknowledgedAt { get; set; }

    /// <summary>Number of the last delivery tried, on the channel that tried most.</summary>
    public int Attempts => _channels.Values.Select(telling => telling.Attempts).Append(0).Max();

    /// <summary>Whether any channel took it.</summary>
    public bool IsDelivered => _channels.Values.Any(telling => telling.IsDelivered);

    /// <summary>What each channel has tried.</summary>
    public IReadOnlyList<(string Channel, int Attempts, bool Delivered)> Told =>
        [.. _channels.Select(channel => (channel.Key, channel.Value.Attempts, channel.Value.IsDelivered))];

    /// <summary>How it stands with a channel.</summary>
    public Telling On(string channel) => _channels.TryGetValue(channel, out var telling) ? telling : _channels[channel] = new Telling();

    /// <summary>How it stands with one channel.</summary>
    internal sealed class Telling
    {
        public int Attempts { get; set; }

        public bool IsDelivered { get; set; }

        public bool IsUnderWay { get; set; }

        /// <summary>When it was last tried, on the monotonic clock, and how long to wait after that.</summary>
        public (long At, TimeSpan Pause)? Last { get; set; }

        public bool IsDue(TimeProvider time) => !IsUnderWay && (Last is not { } last || time.GetElapsedTime(last.At) >= last.Pause);
    }
}
