using IoTHealth.Edge.Alarming;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Lines;
using IoTHealth.Edge.Live;
using IoTHealth.Edge.Radios;
using IoTHealth.Edge.Registry;

namespace IoTHealth.Edge.Management.Api;

/// <summary>What devices said last, where readers stand, what links do: <c>/live</c>.</summary>
internal static class LiveReport
{
    public static object Of(SqliteJournal journal, LiveView view, AlarmDesk desk, DeviceRegistry registry, Readers readers, SerialLines lines, BluetoothDevices radios) => new
    {
        gateway = journal.Id.Gateway,
        journal = journal.Id.Guid,
        head = journal.Head,
        readers = readers.Status().Select(reader => new { name = reader.Name, position = reader.Position, behind = reader.Behind, state = reader.State }),
        devices = view.Devices,
        links = lines.States.Concat(radios.States).OrderBy(line => line.Key, StringComparer.Ordinal).Select(line => new { device = line.Key, state = line.Value }),
        alarms = AlarmReport.Of(desk, registry),
        quarantined = journal.Query(QuarantineDesk.Count),
    };
}
