using IoTHealth.Cloud.Log;
using IoTHealth.Measurements;

namespace IoTHealth.Cloud.Patients;

/// <summary>Brings the residents file's assignments into the log, as entries of the gateway <c>cloud</c>. Idempotent.</summary>
public sealed class FileAssignments(IMeasurementLog log, IGrainFactory grains, TimeProvider time)
{
    /// <summary>The gateway name of what the cloud itself writes; no real gateway may be called so.</summary>
    public const string Gateway = "cloud";

    /// <summary>Appends what the file says anew, and ends or takes back what it no longer says.</summary>
    /// <returns>The number of entries appended.</returns>
    public async Task<int> BringAsync(ResidentsFile file, CancellationToken cancellation)
    {
        var journal = new JournalId(Gateway, await log.OwnJournalAsync(cancellation));
        var ledger = await LedgerAsync(cancellation);
        var stated = file.Assignments.Select(entry => entry.ToAssignment(time.GetUtcNow())).ToList();
        var news = stated.Where(assignment => !ledger.Holds(assignment)).Concat(Gone(ledger, stated)).ToList();
        if (news.Count > 0)
        {
            var first = (await log.ReceivedAsync(journal, cancellation)).LastOrDefault().To + 1;
            var entries = news.Select((assignment, i) => Entry(first + i, assignment)).ToList();
            await grains.GetGrain<ILogShardGrain>(Shards.Of(Gateway)).AppendAsync(new EntryBatch(journal, entries[^1].Position, entries));
        }

        return news.Count;
    }

    /// <summary>Only what came from the file is the file's to take back.</summary>
    private async Task<AssignmentLedger> LedgerAsync(CancellationToken cancellation)
    {
        var ledger = new AssignmentLedger();
        foreach (var logged in await log.ReadKindAsync(EntryKind.Assignment, cancellation))
        {
            if (logged.Journal.Gateway == Gateway && WireForm.TryDecodeAssignment(logged.Entry.Payload, out var assignment, out _))
            {
                ledger.Add(assignment);
            }
        }

        return ledger;
    }

    /// <summary>
    /// What the file no longer says. A line that was changed (same device, and the same beginning or the same resident) was
    /// a mistake and is taken back; a line that is simply gone ended just now, and its history stays.
    /// </summary>
    private IEnumerable<Assignment> Gone(AssignmentLedger ledger, IReadOnlyList<Assignment> stated)
    {
        var now = time.GetUtcNow();
        return ledger.Current
            .Where(known => known.To != known.From && !stated.Any(s => (s.Device, s.Slot, s.Resident, s.From) == (known.Device, known.Slot, known.Resident, known.From)))
            .Select(known => (Known: known, IsChanged: stated.Any(s =>
                s.Device == known.Device && s.Slot == known.Slot && !ledger.Holds(s) && (s.From == known.From || s.Resident == known.Resident))))
            .Where(gone => gone.IsChanged || gone.Known.To is null)
            .Select(gone => gone.Known with { To = gone.IsChanged || now < gone.Known.From ? gone.Known.From : now, Recorded = now });
    }

    private static Entry Entry(long position, Assignment assignment)
    {
        var payload = WireForm.Encode(assignment);
        return new Entry(position, EntryKind.Assignment, assignment.Id, WireForm.RevisionOf(payload), EntryPriority.Episode, payload);
    }
}
