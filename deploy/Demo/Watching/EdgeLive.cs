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
public sealed record ValueLive(string Kind, string NameJa, string NameEn, string Text, DateTimeOffset Instant);

/// <summary>An alarm and what became of its calls.</summary>
public sealed record AlarmLive(
    string Alarm,
    string Rule,
    string Device,
    string? Place,
    DateTimeOffset Instant,
    int Attempts,
    bool Delivered,
    string? AcknowledgedBy);
