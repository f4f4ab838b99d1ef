using System.Text.Json.Nodes;
using IoTHealth.Edge.Journal;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Uplink;

/// <summary>
/// The cloud misses positions: those that are here are sent again as backlog, of those that are not a gap entry says so. Both are durable
/// before the answer.
/// </summary>
internal sealed class ResendCommand(IJournal journal, Acknowledged acknowledged, TimeProvider time) : ICloudCommand
{
    private const int RunsMaximum = 1_000;

    /// <summary>Positions dealt with at once; the cloud asks again for what is left.</summary>
    private const long PositionsMaximum = 1_000_000;

    public string Name => "resend";

    public async Task<CommandAnswer> RunAsync(JsonNode? request, CancellationToken cancellation)
    {
        var (guid, asked) = Parse(request);
        if (GenerationRange.Of(journal.Generations, guid, journal.Head) is not { } range)
        {
            return new CommandAnswer(404, new JsonObject { ["reason"] = "the journal is none of this gateway's" });
        }

        var wanted = InJournal(asked, range);
        var here = new IntervalSet(journal.Query(connection => Here(connection, wanted)));
        List<Interval> gone = [.. wanted.SelectMany(run => here.Missing(run.From, run.To))];
        await acknowledged.TakeBackAsync([.. here], [.. Gaps(range.Generation, gone)]);
        return new CommandAnswer(200, new JsonObject { ["queued"] = here.Count, ["gone"] = gone.Sum(run => run.Count) });
    }

    private static (Guid Journal, IntervalSet Runs) Parse(JsonNode? request)
    {
        try
        {
            if (request is JsonObject && Guid.TryParse((string?)request["journal"], out var guid) && request["runs"] is JsonArray { Count: > 0 and <= RunsMaximum } runs)
            {
                return (guid, new IntervalSet(runs.Select(run => new Interval((long)run![0]!, (long)run[1]!)).Where(IsRun)));
            }
        }
        catch (Exception e) when (e is InvalidOperationException or FormatException or ArgumentException or NullReferenceException)
        {
            throw new ArgumentException("a run is not [from, to] with 1 ≤ from ≤ to", e);
        }

        throw new ArgumentException($"asked for is {{\"journal\":\"<guid>\",\"runs\":[[from,to],…]}} with at most {RunsMaximum} runs");
    }

    private static bool IsRun(Interval run) => run.From >= 1 && run.To >= run.From ? true : throw new ArgumentException("no run");

    private static List<Interval> InJournal(IntervalSet asked, GenerationRange range)
    {
        var left = PositionsMaximum;
        var wanted = new List<Interval>();
        foreach (var run in asked.TakeWhile(run => left > 0 && run.From <= range.Generation.OnWire(range.Last)))
        {
            var from = range.Generation.InJournal(run.From);
            var to = Math.Min(range.Generation.InJournal(Math.Min(run.To, range.Generation.OnWire(range.Last))), from + left - 1);
            wanted.Add(new Interval(from, to));
            left -= to - from + 1;
        }

        return wanted;
    }

    private static List<Interval> Here(Microsoft.Data.Sqlite.SqliteConnection connection, List<Interval> wanted)
    {
        var runs = new List<Interval>();
        foreach (var run in wanted)
        {
            using var command = JournalTables.Command(
                connection, "select position from entry where position between $from and $to order by position", ("$from", run.From), ("$to", run.To));
            using var rows = command.ExecuteReader();
            while (rows.Read())
            {
                var position = rows.GetInt64(0);
                if (runs.Count > 0 && runs[^1].To + 1 == position)
                {
                    runs[^1] = runs[^1] with { To = position };
                }
                else
                {
                    runs.Add(new Interval(position, position));
                }
            }
        }

        return runs;
    }

    // Asked twice, the same gap is the same entry; on another day another, for the cloud may have lost the first.
    private IEnumerable<NewEntry> Gaps(JournalGeneration generation, List<Interval> gone) =>
        gone.Chunk(GapEntries.RunsMaximum).Select(runs => GapEntries.Entry(
            new Gap(
                GapEntries.Journal, generation.OnWire(runs[0].From), generation.OnWire(runs[^1].To), runs.Sum(run => run.Count),
                "asked for again by the cloud when this gateway did not keep them any more")
            {
                Journal = generation.Guid,
                Runs = [.. runs.Select(run => new Interval(generation.OnWire(run.From), generation.OnWire(run.To)))],
            },
            mark: DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).DayNumber));
}
