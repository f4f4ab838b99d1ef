using IoTHealth.Edge.Alarming;
using IoTHealth.Edge.Influx;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Live;
using IoTHealth.Edge.Uplink;

namespace IoTHealth.Edge.Management;

/// <summary>Where one reader of the journal stands.</summary>
public sealed record ReaderStatus(string Name, long Position, long Behind, string State);

/// <summary>Where each reader stands. A reader that is not configured says so.</summary>
public sealed class Readers(IJournal journal, AlarmMonitor? alarms, InfluxBuffer? influx, CloudUplink? uplink, LiveView live)
{
    /// <summary>The state of a reader that there is none of.</summary>
    public const string NotConfigured = "not configured";

    public IReadOnlyList<ReaderStatus> Status() =>
    [
        uplink is null ? new ReaderStatus("uplink", 0, 0, NotConfigured) : new ReaderStatus("uplink", uplink.Position, uplink.Behind, uplink.State),
        Of("influx", influx),
        Of("alarms", alarms),
        new ReaderStatus("live", live.Position, journal.Head - live.Position, live.State),
    ];

    private ReaderStatus Of(string name, JournalFollower? reader) => reader is null
        ? new ReaderStatus(name, 0, 0, NotConfigured)
        : new ReaderStatus(name, reader.Position, journal.Head - reader.Position, reader.State);
}
