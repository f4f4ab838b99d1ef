using System.Diagnostics.Metrics;
using IoTHealth.Edge.Alarming;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Lines;
using IoTHealth.Edge.Live;
using IoTHealth.Edge.Radios;
using IoTHealth.Links.Clock;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Management.Metrics;

/// <summary>What <c>/metrics</c> looks up when it is asked: nothing is counted here, and a part that cannot be looked at is left out.</summary>
public sealed class GatewayGauges(
    GatewayMetrics metrics, EdgeConfiguration configuration, SqliteJournal journal, Readers readers, Health health, LiveView live,
    SerialLines lines, BluetoothDevices radios)
{
    private readonly CertificateDates _certificates = new(configuration);

    /// <summary>Registers the gauges; once.</summary>
    public void Register()
    {
        Gauge("iothealth.healthy", null, "1 while /health has no problem.", () => health.Problems().Count == 0 ? 1 : 0);
        Gauge("iothealth.process.memory", "By", "Resident memory of the gateway.", () => Environment.WorkingSet);
        Gauge("iothealth.clock.synchronised", null, "1 while a time service keeps the kernel's clock.", () => KernelClock.IsSynchronised() ? 1 : 0);
        Gauge("iothealth.disk.free", "By", "Free space where the data folder lies.", () => Disk().AvailableFreeSpace);
        Gauge("iothealth.disk.size", "By", "Size of the disk where the data folder lies.", () => Disk().TotalSize);
        Gauge("iothealth.journal.head", null, "Last durable position.", () => journal.Head);
        Gauge("iothealth.journal.failing", null, "1 while nothing can be stored.", () => journal.Trouble is null ? 0 : 1);
        Gauge("iothealth.journal.size", "By", "Size of the journal's files.", JournalBytes);
        Gauge("iothealth.quarantine.items", null, "Refused items ever kept.", () => journal.Query(Api.QuarantineDesk.Count));
        Gauge("iothealth.alarms.open", null, "Calls that nobody has acknowledged.", () => journal.Query(CallTables.CountOpen));
        Gauge("iothealth.alarms.unheard", null, "Open calls that reached nobody yet.", () => journal.Query(CallTables.Unheard));
        Many("iothealth.journal.gone", "Readings given up before the cloud took them, by cause.", Gone);
        Many("iothealth.reader.behind", "Entries a reader has not dealt with.", () => Configured().Select(reader => Of(reader.Behind, "reader", reader.Name)));
        Many("iothealth.reader.position", "Last position a reader has dealt with.", () => Configured().Select(reader => Of(reader.Position, "reader", reader.Name)));
        Many("iothealth.reader.working", "1 while a reader has nothing to complain of.", () => Configured().Select(reader => Of(IsWorking(reader) ? 1 : 0, "reader", reader.Name)));
        Many("iothealth.link.connected", "1 while a line or Bluetooth device is connected.", () =>
            lines.States.Concat(radios.States).Select(link => Of(link.Value == LinkKeeper.Connected ? 1 : 0, "device", link.Key)));
        Many("iothealth.certificate.expiry.timestamp", "When a certificate ends, Unix time.", () =>
            _certificates.Read().Where(one => one.Until is not null).Select(one => Of(one.Until!.Value.ToUnixTimeSeconds(), "certificate", one.Name)), "s");
        Many("iothealth.device.seen.timestamp", "When a device was last heard, Unix time.", () =>
            live.Devices.Where(device => device.LastSeen is not null).Select(device => Of(device.LastSeen!.Value.ToUnixTimeSeconds(), "device", device.Key)), "s");
    }

    private static Measurement<long> Of(long value, string label, string name) => new(value, new KeyValuePair<string, object?>(label, name));

    private void Gauge(string name, string? unit, string description, Func<long> look) =>
        metrics.Meter.CreateObservableGauge(name, () => Looked(() => [new Measurement<long>(look())]), unit, description);

    private void Many(string name, string description, Func<IEnumerable<Measurement<long>>> look, string? unit = null) =>
        metrics.Meter.CreateObservableGauge(name, () => Looked(() => [.. look()]), unit, description);

    // A journal that cannot be read must not hide the other figures: its absence is an alert of its own.
    private static IEnumerable<Measurement<long>> Looked(Func<IReadOnlyList<Measurement<long>>> look)
    {
        try
        {
            return look();
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return [];
        }
    }

    private IEnumerable<ReaderStatus> Configured() => readers.Status().Where(reader => reader.State != Readers.NotConfigured);

    private static bool IsWorking(ReaderStatus reader) => reader.State is JournalFollower.Following or LinkKeeper.Connected;

    private DriveInfo Disk() => new(configuration.Data);

    private long JournalBytes() =>
        Directory.EnumerateFiles(configuration.Data, "journal.db*").Sum(file => new FileInfo(file).Length);

    private IEnumerable<Measurement<long>> Gone() => journal.Query(connection =>
    {
        using var command = JournalTables.Command(connection, "select cause, sum(count) from ledger_gap group by cause");
        using var rows = command.ExecuteReader();
        var gone = new List<Measurement<long>>();
        while (rows.Read())
        {
            gone.Add(Of(rows.GetInt64(1), "cause", rows.GetString(0)));
        }

        return gone;
    });
}
