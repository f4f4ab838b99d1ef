namespace IoTHealth.Demo.Watching;

/// <summary>The edge's <c>GET /live</c>.</summary>
public sealed record EdgeLive(
    string Gateway,
    string Journal,
    long Head,
    IReadOnlyList<ReaderPosition> Readers,
    IReadOnlyList<DeviceLive> Devices,
    IReadOnlyList<AlarmLive> Alarms,
    long Quarantined);

/// <summary>How far a reader of the journal has come.</summary>
public sealed record ReaderPosition(string Name, long Position, long Behind, string? State);

/// <summary>A device and the last value of each kind.</summary>
public sealed record DeviceLive(string Key, string Place, DateTimeOffset? LastSeen, IReadOnlyList<ValueLive>? Values);

/// <summary>A value as people read it.</summary>
public sealed record ValueLive(string Kind, string NameJa, string NameEn, string Text, string TextJa, string TextEn, DateTimeOffset Instant);

/// <summary>An alarm and what became of its calls; of one that is history nobody is called.</summary>
public sealed record AlarmLive(
    string Alarm,
    string Rule,
    string Device,
    string? Place,
    string TextJa,
    string TextEn,
    DateTimeOffset Instant,
    DateTimeOffset Raised,
    bool History,
    int Attempts,
    bool Delivered,
    string? AcknowledgedBy)
{
    private const int DigitsShown = 8;

    /// <summary>Whether somebody has yet to acknowledge it.</summary>
    public bool IsOpen => AcknowledgedBy is null && !History;

    /// <summary>The first digits of its id: enough to name it by.</summary>
    public string ShortId => Alarm[..Math.Min(DigitsShown, Alarm.Length)];
}
