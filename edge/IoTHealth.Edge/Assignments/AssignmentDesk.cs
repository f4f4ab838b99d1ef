using IoTHealth.Edge.Journal;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Assignments;

/// <summary>
/// Where staff say on the box who holds a device. Statements are log entries and are never changed: a later one of the same device,
/// slot, resident and beginning takes the place of the earlier, here as in the cloud.
/// </summary>
public sealed class AssignmentDesk(IJournal journal, TimeProvider time) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private readonly AssignmentLedger _ledger = Load(journal);

    /// <summary>What holds now, the newest first; those that were taken back are left out.</summary>
    public IReadOnlyList<Assignment> Current
    {
        get
        {
            lock (_ledger)
            {
                return [.. _ledger.Current.Where(one => one.To != one.From).OrderByDescending(one => one.From)];
            }
        }
    }

    /// <summary>Pairs that name two residents for one device or slot at one time: readings of that time wait.</summary>
    public IReadOnlyList<(Assignment One, Assignment Other)> Conflicts()
    {
        var current = Current;
        return [.. current.SelectMany((one, index) => current.Skip(index + 1).Where(other => Conflict(one, other)).Select(other => (one, other)))];
    }

    /// <summary>Records a statement; durable once it completes. Stating the same again changes nothing.</summary>
    public async Task StateAsync(Assignment assignment)
    {
        await _turn.WaitAsync();
        try
        {
            await AppendAsync([assignment]);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Confirms one statement: what contradicts it ends where it begins, or is taken back where it began later.</summary>
    /// <param name="id">The statement's id.</param>
    /// <param name="by">Who says so.</param>
    /// <returns>How many others it ended; null when there is no such statement.</returns>
    public async Task<int?> ConfirmAsync(MeasurementId id, string by)
    {
        await _turn.WaitAsync();
        try
        {
            if (Current.FirstOrDefault(one => one.Id == id) is not { } confirmed)
            {
                return null;
            }

            var ended = Current.Where(other => Conflict(confirmed, other))
                .Select(other => other with { To = other.From > confirmed.From ? other.From : confirmed.From, Author = by, Recorded = time.GetUtcNow() })
                .ToList();
            await AppendAsync(ended);
            return ended.Count;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private static bool Conflict(Assignment one, Assignment other) =>
        one.Device == other.Device && one.Resident != other.Resident &&
        (one.Slot is null || other.Slot is null || one.Slot == other.Slot) &&
        (other.To is null || one.From < other.To) && (one.To is null || other.From < one.To);

    private async Task AppendAsync(List<Assignment> stated)
    {
        var news = stated.Where(one => !Holds(one)).ToList();
        if (news.Count == 0)
        {
            return;
        }

        await journal.WriteAsync(new JournalWrite
        {
            Entries = [.. news.Select(ToEntry)],
            Rows = AssignmentTable.Add,
        });
        lock (_ledger)
        {
            news.ForEach(_ledger.Add);
        }
    }

    private bool Holds(Assignment assignment)
    {
        lock (_ledger)
        {
            return _ledger.Holds(assignment);
        }
    }

    private static AssignmentLedger Load(IJournal journal)
    {
        var ledger = new AssignmentLedger();
        foreach (var position in journal.Query(AssignmentTable.Positions))
        {
            if (journal.Read(position, position, 1, int.MaxValue) is [{ Kind: EntryKind.Assignment } entry] &&
                WireForm.TryDecodeAssignment(entry.Payload, out var assignment, out _))
            {
                ledger.Add(assignment);
            }
        }

        return ledger;
    }

    private static NewEntry ToEntry(Assignment assignment)
    {
        var payload = WireForm.Encode(assignment);
        return new NewEntry(EntryKind.Assignment, assignment.Id, WireForm.RevisionOf(payload), EntryPriority.Episode, payload);
    }
}
