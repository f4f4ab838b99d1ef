using System.Collections.Immutable;
using System.Globalization;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Journal;

/// <summary>Makes the entries that tell which positions will never come, in the numbers of the wire.</summary>
internal static class GapEntries
{
    /// <summary>Who gave them up.</summary>
    public const string Journal = "journal";

    /// <summary>Runs of one entry, so that it fits into a message.</summary>
    public const int RunsMaximum = 1_000;

    /// <summary>Entries that tell exactly these positions, each entry of one generation.</summary>
    /// <param name="gone">Positions, in any order.</param>
    /// <param name="generations">The journal's generations.</param>
    /// <param name="device">Global device id of a number.</param>
    /// <param name="reason">Why, for people.</param>
    /// <param name="mark">Makes the ids differ from those of every other gap.</param>
    public static IEnumerable<NewEntry> Of(
        IReadOnlyCollection<Gone> gone, ImmutableArray<JournalGeneration> generations, Func<int, string?> device, string reason, long mark)
    {
        foreach (var generation in gone.GroupBy(one => GenerationTable.Of(generations, one.Position)))
        {
            foreach (var part in Parts([.. generation.OrderBy(one => one.Position)]))
            {
                yield return Entry(Gap(generation.Key, part.Gone, part.Runs, device, reason), mark);
            }
        }
    }

    /// <summary>The entry that tells runs of one generation, ascending, at most <see cref="RunsMaximum"/>.</summary>
    public static NewEntry Of(IReadOnlyList<Interval> runs, JournalGeneration generation, string reason, long mark)
    {
        List<Interval> onWire = [.. runs.Select(run => new Interval(generation.OnWire(run.From), generation.OnWire(run.To)))];
        return Entry(
            new Gap(Journal, onWire[0].From, onWire[^1].To, onWire.Sum(run => run.Count), reason) { Journal = generation.Guid, Runs = onWire }, mark);
    }

    /// <summary>The entry of a gap that a reader or the journal tells.</summary>
    public static NewEntry Entry(Gap gap, long mark)
    {
        var payload = WireForm.Encode(gap);
        string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
        var id = MeasurementId.Of("gap", gap.Reader, gap.Journal?.ToString() ?? "", Text(gap.FromPosition), Text(gap.ToPosition), Text(gap.Count), Text(mark));
        return new NewEntry(EntryKind.Gap, id, WireForm.RevisionOf(payload), EntryPriority.Episode, payload);
    }

    private static Gap Gap(JournalGeneration generation, List<Gone> gone, List<Interval> runs, Func<int, string?> device, string reason) =>
        new(Journal, generation.OnWire(runs[0].From), generation.OnWire(runs[^1].To), gone.Count, reason)
        {
            Journal = generation.Guid,
            Runs = [.. runs.Select(run => new Interval(generation.OnWire(run.From), generation.OnWire(run.To)))],
            Origins =
            [
                .. gone.Where(one => one.Device is not null && one.Day is not null).GroupBy(one => (one.Device!.Value, one.Day!.Value))
                    .Select(line => new GapOrigin(device(line.Key.Item1) ?? "", DateOnly.FromDayNumber(line.Key.Item2), line.LongCount())),
            ],
        };

    private static IEnumerable<(List<Gone> Gone, List<Interval> Runs)> Parts(List<Gone> ascending)
    {
        var (gone, runs) = (new List<Gone>(), new List<Interval>());
        foreach (var one in ascending)
        {
            if (runs.Count > 0 && runs[^1].To + 1 == one.Position)
            {
                runs[^1] = runs[^1] with { To = one.Position };
            }
            else
            {
                if (runs.Count == RunsMaximum)
                {
                    yield return (gone, runs);
                    (gone, runs) = ([], []);
                }

                runs.Add(new Interval(one.Position, one.Position));
            }

            gone.Add(one);
        }

        if (gone.Count > 0)
        {
            yield return (gone, runs);
        }
    }
}
