using IoTHealth.Edge.Journal;
using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Intake;

/// <summary>
/// What this gateway knows of clocks: the clock entries of its journal, kept beside it in a table of their own (<c>clock</c>), so that
/// they outlive the entries and need not be looked for. Thread-safe.
/// </summary>
public sealed class ClockLog
{
    public const string Create = "create table if not exists clock (position integer primary key, payload blob not null);";

    /// <summary>Hourly ones of two years, or what two hundred devices show in a quarter.</summary>
    private const int EntriesKept = 20_000;

    private readonly IJournal _journal;
    private readonly Lock _lock = new();

    private ClockBook _book;

    public ClockLog(IJournal journal)
    {
        _journal = journal;
        _book = UpTo(long.MaxValue);
    }

    /// <summary>All that is known now.</summary>
    public ClockBook Book => Volatile.Read(ref _book);

    /// <summary>What was known when the journal had come to a position.</summary>
    public ClockBook UpTo(long position) => _journal.Query(connection => Load(connection, position)).Aggregate(ClockBook.Empty, (book, entry) => book.With(entry));

    /// <summary>The journal's entry of what was learned.</summary>
    public NewEntry ToEntry(ClockEntry clock)
    {
        var payload = WireForm.Encode(clock);
        return new NewEntry(EntryKind.Clock, clock.IdAt(_journal.Id.Gateway), WireForm.RevisionOf(payload), EntryPriority.Episode, payload);
    }

    /// <summary>Keeps clock entries beside the journal, in the transaction that writes them.</summary>
    /// <param name="connection">The writer's.</param>
    /// <param name="entries">All entries of the write.</param>
    /// <param name="positions">What positions they were given.</param>
    public static void Store(SqliteConnection connection, IReadOnlyList<NewEntry> entries, IReadOnlyList<long> positions)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].Kind == EntryKind.Clock && positions[i] > 0)
            {
                JournalTables.Execute(
                    connection, "insert or replace into clock (position, payload) values ($position, $payload)",
                    ("$position", positions[i]), ("$payload", entries[i].Payload.ToArray()));
                JournalTables.Execute(
                    connection, "delete from clock where position <= (select position from clock order by position desc limit 1 offset $kept)", ("$kept", EntriesKept));
            }
        }
    }

    /// <summary>Makes known what has become durable.</summary>
    public void Know(IEnumerable<ClockEntry> clocks)
    {
        lock (_lock)
        {
            Volatile.Write(ref _book, clocks.Aggregate(_book, (book, clock) => book.With(clock)));
        }
    }

    /// <summary>Writes what was learned, and makes it known once it is durable.</summary>
    /// <exception cref="IOException">It could not be made durable.</exception>
    public async Task WriteAsync(IReadOnlyList<ClockEntry> clocks, CancellationToken cancellation)
    {
        List<NewEntry> entries = [.. clocks.Select(ToEntry)];
        await _journal.WriteAsync(
            new JournalWrite { Entries = entries, Rows = (connection, positions) => Store(connection, entries, positions) }, cancellation);
        Know(clocks);
    }

    private static List<ClockEntry> Load(SqliteConnection connection, long upTo)
    {
        using var command = JournalTables.Command(connection, "select payload from clock where position <= $upTo order by position", ("$upTo", upTo));
        using var rows = command.ExecuteReader();
        var entries = new List<ClockEntry>();
        while (rows.Read())
        {
            if (WireForm.TryDecodeClock((byte[])rows.GetValue(0), out var clock, out _))
            {
                entries.Add(clock);
            }
        }

        return entries;
    }
}
