using IoTHealth.Measurements;

namespace IoTHealth.Edge.Journal;

/// <summary>
/// Keeps the journal's file within its bounds, a little after each group, and says what may still be written. Used by the
/// writer's thread alone.
/// </summary>
internal sealed class SpaceKeeper
{
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestTurn = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);

    private readonly DiskSpace _disk;
    private readonly TimeProvider _time;

    private long _bound;
    private long _boundAt;
    private bool _isExhausted;
    private string? _agedOn;

    public SpaceKeeper(JournalOptions options, TimeProvider time)
    {
        (_disk, _time) = (new DiskSpace(options), time);
        _disk.Restore();
    }

    /// <summary>Whether another step is due though nobody waits.</summary>
    public bool HasMoreToDo { get; private set; }

    /// <summary>Why readings are not being stored; null while they are.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Why a write cannot be taken; null where it can.</summary>
    public string? Refusal(JournalWrite write)
    {
        if (_disk.IsFull && !IsOfAlarms(write))
        {
            _disk.Restore();
            Trouble = _disk.IsFull ? "the disk is full: readings are not being stored" : null;
            return Trouble;
        }

        return _isExhausted && write.Entries.Any(entry => entry.Priority < EntryPriority.Episode)
            ? "the journal is full and holds nothing that may be given up: readings are not being stored"
            : null;
    }

    /// <summary>Gives the reserve back; false when there is none.</summary>
    public bool Release()
    {
        var released = _disk.Release();
        Trouble = "the disk is full: readings are not being stored";
        return released;
    }

    /// <summary>Lets go what may go while there is too much, for as long as callers can bear.</summary>
    public void KeepWithin(JournalSession session)
    {
        // Where it fails the next beat tries again, not the next moment.
        HasMoreToDo = false;
        var (file, used) = session.Size();
        LookAtTheDisk(file);
        var wanted = _bound - Math.Min(_bound / 10, 8L << 20);
        var begun = _time.GetTimestamp();
        var progress = true;
        while (progress && (used > wanted || IsAgeDue()) && !IsLongEnough(begun, used))
        {
            var isPressed = used > wanted;
            progress = session.Writer.Transact(rows => session.Eviction.Step(rows, isPressed));
            NoteAge(isPressed, progress);
            (file, used) = session.Size();
        }

        HasMoreToDo = progress && (used > wanted || IsAgeDue());
        _isExhausted = used > _bound && !progress;
        Trouble = _disk.IsFull ? "the disk is full: readings are not being stored"
            : _isExhausted ? "the journal is full and holds nothing that may be given up: readings are not being stored" : null;
        if (file > _bound && file > used)
        {
            JournalTables.Execute(session.Writer.Connection, "pragma incremental_vacuum(500)");
        }
    }

    private static bool IsOfAlarms(JournalWrite write) =>
        write.Quarantine.Count == 0 && write.SetAside.Count == 0 &&
        write.Entries.All(entry => entry.Kind is EntryKind.Alarm or EntryKind.Acknowledgement or EntryKind.Gap);

    private bool IsLongEnough(long begun, long used) => _time.GetElapsedTime(begun) > (used > _bound ? LongestTurn : Turn);

    private void LookAtTheDisk(long file)
    {
        if (_bound != 0 && _time.GetElapsedTime(_boundAt) < Between)
        {
            return;
        }

        (_bound, _boundAt) = (_disk.Bound(file), _time.GetTimestamp());
        _disk.Restore();
    }

    // Age is looked at once a day, until nothing more is old enough.
    private bool IsAgeDue() => _agedOn != Today();

    private void NoteAge(bool wasPressed, bool progress)
    {
        if (!wasPressed && !progress)
        {
            _agedOn = Today();
        }
    }

    private string Today() => _time.GetUtcNow().ToString("yyyyMMdd", System.Globalization.CultureInfo.InvariantCulture);
}
