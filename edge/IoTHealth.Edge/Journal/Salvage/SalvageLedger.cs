using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal.Salvage;

/// <summary>Brings the account in order after a salvage.</summary>
internal static class SalvageLedger
{
    /// <summary>The highest position that anything speaks of.</summary>
    public static long LastKnown(SqliteConnection connection) =>
        Math.Max(JournalRows.LastGiven(connection), JournalTables.Number(connection, "select coalesce(max(position), 0) from cursor"));

    /// <summary>Positions that gap entries have told already. An entry that was given up and lay in a free page is removed again.</summary>
    public static IntervalSet Told(SqliteConnection connection, BoxKey boxKey)
    {
        var generations = GenerationTable.Load(connection);
        using var opener = new SealOpener(JournalKeys.Of(WrappedKey.Load(connection), boxKey));
        var told = new IntervalSet();
        using (var command = JournalTables.Command(connection, $"select {EntryRow.Columns} from entry where kind = 6"))
        using (var rows = command.ExecuteReader())
        {
            while (rows.Read())
            {
                if (WireForm.TryDecodeGap(EntryRow.Read(rows).Open(opener), out var gap, out _) && gap.Reader == GapEntries.Journal &&
                    generations.FirstOrDefault(one => one.Guid == gap.Journal) is { } generation)
                {
                    foreach (var run in gap.Runs)
                    {
                        told.Add(generation.InJournal(run.From), generation.InJournal(run.To));
                    }
                }
            }
        }

        foreach (var run in told)
        {
            JournalTables.Execute(connection, "delete from entry where position between $from and $to", ("$from", run.From), ("$to", run.To));
        }

        return told;
    }

    /// <summary>Positions up to the head that are not there, were not told, and that the cloud is not known to have.</summary>
    public static List<Interval> Lost(SqliteConnection connection, long head, IntervalSet told)
    {
        var known = new IntervalSet(told);
        using (var command = JournalTables.Command(connection, "select from_position, to_position from delivered"))
        using (var rows = command.ExecuteReader())
        {
            while (rows.Read())
            {
                known.Add(rows.GetInt64(0), rows.GetInt64(1));
            }
        }

        return [.. EntryRow.Missing(connection, 1, head).SelectMany(run => known.Missing(run.From, run.To))];
    }

    /// <summary>What the ledger says is waiting or in quarantine, and is not, becomes a gap; a line that is lost is made of what is there.</summary>
    public static void Recount(SqliteConnection connection) => JournalTables.Execute(
        connection,
        """
        create temp table here as
          select device, day, sum(waiting) as waiting, sum(delivered) as delivered, sum(quarantined) as quarantined from (
            select device, day, 1 - exists (select 1 from delivered d where e.position between d.from_position and d.to_position) as waiting,
              exists (select 1 from delivered d where e.position between d.from_position and d.to_position) as delivered, 0 as quarantined
            from entry e where device is not null and day is not null
            union all select device, day, 0, 0, 1 from quarantine where device is not null and day is not null and settled is null)
          group by device, day;
        insert or ignore into ledger_device (number, id) select distinct device, 'unknown-' || device from here;
        insert or ignore into ledger (device, day, measured, delivered, waiting, quarantined)
          select device, day, waiting + delivered + quarantined, delivered, waiting, quarantined from here;
        insert into ledger_gap (device, day, cause, count)
          select l.device, l.day, 'damaged', l.waiting - coalesce(h.waiting, 0) + l.quarantined - coalesce(h.quarantined, 0)
          from ledger l left join here h on h.device = l.device and h.day = l.day
          where l.waiting - coalesce(h.waiting, 0) + l.quarantined - coalesce(h.quarantined, 0) <> 0
        on conflict (device, day, cause) do update set count = count + excluded.count;
        update ledger set
          waiting = coalesce((select h.waiting from here h where h.device = ledger.device and h.day = ledger.day), 0),
          quarantined = coalesce((select h.quarantined from here h where h.device = ledger.device and h.day = ledger.day), 0);
        drop table here;
        """);
}
