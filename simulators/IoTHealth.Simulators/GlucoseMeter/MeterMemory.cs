using IoTHealth.Simulators.WatchOverRobot;

namespace IoTHealth.Simulators.GlucoseMeter;

/// <summary>What a meter has stored over the last weeks, with the oddities real memories have.</summary>
internal static class MeterMemory
{
    public const int MostRecords = 2000;

    /// <summary>From so many records on there is at least one of each oddity.</summary>
    public const int FewestForOddities = 20;

    /// <summary>The latest <paramref name="count"/> results, oldest first; the same seed and time give the same. No two have both time and value in common.</summary>
    /// <param name="now">What the meter's clock shows.</param>
    /// <param name="skew">That clock minus true time, whole minutes: people eat by the true time of day.</param>
    public static IReadOnlyList<MemoryRecord> Recall(ulong seed, int count, GlucoseUnit unit, DateTime now, TimeSpan skew)
    {
        var random = new Random((int)(Noise.Seed(seed, "memory") & int.MaxValue));
        var samples = TestRoutine.Latest(random, now - skew, count);
        var oddities = Draw(random, count);
        var (records, taken) = (new List<MemoryRecord>(count), new HashSet<(DateTime, decimal)>());
        for (var n = 0; n < count; n++)
        {
            var again = oddities[n] == Oddity.SameMinute;
            var time = again ? records[n - 1].Time : samples[n].Time + skew;
            var sample = again ? samples[n - 1] with { Glucose = TestRoutine.Measure(random, samples[n - 1].Glucose) } : samples[n];
            var plain = new MemoryRecord(n + 1, time, "", unit, null, false, sample.Markers);
            records.Add(oddities[n] switch
            {
                Oddity.High => plain with { Value = unit.Text(unit.High + unit.Step), OutOfRange = "high", Markers = Marked(sample, ">") },
                Oddity.Low => plain with { Value = unit.Text(unit.Low - unit.Step), OutOfRange = "low", Markers = Marked(sample, "<") },
                Oddity.Control => plain with { Value = Free(taken, unit, time, Solution(random)), Control = true, Markers = "C" },
                _ => plain with { Value = Free(taken, unit, time, sample.Glucose) },
            });
        }

        return records;
    }

    private static Oddity[] Draw(Random random, int count)
    {
        var drawn = new Oddity[count];
        if (count >= FewestForOddities)
        {
            // The first has none before it to share a minute with.
            int[] places = [.. Enumerable.Range(1, count - 1)];
            random.Shuffle(places);
            Oddity[] oddities =
            [
                .. Repeat(Oddity.High, count / 160), .. Repeat(Oddity.Low, count / 160), .. Repeat(Oddity.Control, count / 60), .. Repeat(Oddity.SameMinute, count / 80),
            ];
            foreach (var (place, oddity) in places.Zip(oddities))
            {
                drawn[place] = oddity;
            }
        }

        return drawn;
    }

    private static IEnumerable<Oddity> Repeat(Oddity oddity, int times) => Enumerable.Repeat(oddity, Math.Max(1, times));

    private static string Marked(Sample sample, string limit) => sample.Markers.Length == 0 ? limit : $"{sample.Markers}/{limit}";

    // The two levels of control solution that are sold, mg/dL.
    private static double Solution(Random random) => random.Next(2) == 0 ? 118 + (20 * random.NextDouble()) : 290 + (40 * random.NextDouble());

    private static string Free(HashSet<(DateTime Time, decimal Shown)> taken, GlucoseUnit unit, DateTime time, double glucose)
    {
        var shown = unit.Show(glucose);
        var step = shown < (unit.Low + unit.High) / 2 ? unit.Step : -unit.Step;
        while (!taken.Add((time, shown)))
        {
            shown += step;
        }

        return unit.Text(shown);
    }

    private enum Oddity
    {
        None,
        High,
        Low,
        Control,
        SameMinute,
    }
}
