using System.Collections.Immutable;
using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <summary>Under which GUID a position is known outside, and the proof that this file is no old copy (docs/decisions/0011).</summary>
internal static class GenerationTable
{
    /// <summary>Every generation, in the order in which they began.</summary>
    public static ImmutableArray<JournalGeneration> Load(SqliteConnection connection)
    {
        using var command = JournalTables.Command(connection, "select guid, base from generation order by number");
        using var rows = command.ExecuteReader();
        var generations = ImmutableArray.CreateBuilder<JournalGeneration>();
        while (rows.Read())
        {
            generations.Add(new JournalGeneration(new Guid((byte[])rows.GetValue(0), bigEndian: true), rows.GetInt64(1)));
        }

        return generations.ToImmutable();
    }

    public static JournalGeneration Begin(SqliteConnection connection, Guid guid, long after, string reason, DateTimeOffset now)
    {
        JournalTables.Execute(
            connection, "insert into generation (guid, base, reason, at) values ($guid, $base, $reason, $at)",
            ("$guid", guid.ToByteArray(bigEndian: true)), ("$base", after), ("$reason", reason), ("$at", now.UtcTicks));
        return new JournalGeneration(guid, after);
    }

    /// <summary>Notes with which head the file was opened; only the first since the last proof counts.</summary>
    public static void NoteOpening(SqliteConnection connection, long head) =>
        JournalTables.Execute(connection, "insert into opening (head) select $head where not exists (select 1 from opening)", ("$head", head));

    /// <summary>The head with which the file was first opened since the last proof; null where it is proven.</summary>
    public static long? Unproven(SqliteConnection connection)
    {
        using var command = JournalTables.Command(connection, "select min(head) from opening");
        return command.ExecuteScalar() is long head ? head : null;
    }

    public static void Prove(SqliteConnection connection) => JournalTables.Execute(connection, "delete from opening");

    /// <summary>The generation a position belongs to: the last that begins below it.</summary>
    public static JournalGeneration Of(IReadOnlyList<JournalGeneration> generations, long position) =>
        generations.LastOrDefault(generation => generation.Base < position)
        ?? throw new ArgumentOutOfRangeException(nameof(position), position, "positions count from 1");

    /// <summary>Runs cut where another generation begins, each with its own.</summary>
    public static IEnumerable<(JournalGeneration Generation, Interval Run)> Split(IReadOnlyList<JournalGeneration> generations, IEnumerable<Interval> runs)
    {
        var bases = generations.Select(generation => generation.Base).Distinct().Order().ToList();
        foreach (var run in runs)
        {
            for (var from = run.From; from <= run.To;)
            {
                var next = bases.FirstOrDefault(start => start >= from, long.MaxValue);
                var to = Math.Min(run.To, next);
                yield return (Of(generations, from), new Interval(from, to));
                from = to + 1;
            }
        }
    }
}
