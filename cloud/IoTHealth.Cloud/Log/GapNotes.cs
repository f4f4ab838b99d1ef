using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Cloud.Log;

/// <summary>
/// Notes which positions will never come, as gap entries of the gateway's own journals tell. A gateway speaks of its own
/// journals only, and of positions that it has given already: a gap that reaches further would hide losses to come.
/// </summary>
internal sealed class GapNotes(SqliteConnection connection)
{
    /// <summary>The reader that a gap names when the entries themselves are gone.</summary>
    public const string Journal = "journal";

    /// <summary>Runs of one gap; a gateway puts about 1,000 into one.</summary>
    private const int RunsMaximum = 10_000;

    private readonly PositionRuns _received = new(connection, "received");
    private readonly PositionRuns _gone = new(connection, "gone");

    /// <summary>Takes a gap entry in. Taking it twice changes nothing.</summary>
    /// <returns>Why it cannot be used, or null.</returns>
    public string? Take(JournalId journal, ReadOnlyMemory<byte> payload)
    {
        if (!WireForm.TryDecodeGap(payload, out var gap, out var reason))
        {
            return reason;
        }

        if (gap.Reader != Journal)
        {
            return null;
        }

        if (gap.Runs.Count > RunsMaximum || (gap.Runs.Count == 0 && gap.ToPosition < gap.FromPosition))
        {
            return gap.Runs.Count == 0 ? "the gap ends before it begins" : $"the gap has more than {RunsMaximum} runs";
        }

        var of = journal with { Guid = gap.Journal ?? journal.Guid };
        var head = Head(of);
        foreach (var run in gap.Runs.DefaultIfEmpty(new Interval(gap.FromPosition, gap.ToPosition)))
        {
            Note(of, new Interval(Math.Max(1, run.From), Math.Min(head, run.To)));
        }

        return null;
    }

    /// <summary>What has come is not gone, whatever was told before.</summary>
    public void Came(JournalId journal, Interval run) => _gone.Remove(journal, run);

    private void Note(JournalId journal, Interval run)
    {
        if (run.To < run.From)
        {
            return;
        }

        foreach (var piece in _received.Overlapping(journal, run).Missing(run.From, run.To))
        {
            _gone.Add(journal, piece);
        }
    }

    /// <summary>0 for a journal of which nothing was heard yet: its gap is told again when the cloud asks.</summary>
    private long Head(JournalId journal) => connection.Number(
        "select head from journal where gateway = $0 and journal = $1", journal.Gateway, journal.Guid.ToByteArray(bigEndian: true));
}
