using CsCheck;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Tests.Measurements;

public sealed class IntervalSetTests
{
    private const long End = long.MaxValue;

    private static readonly Gen<(int From, int Length)[]> Runs = Gen.Select(Gen.Int[1, 60], Gen.Int[1, 12]).Array[0, 25];

    [Fact]
    public void Agrees_with_a_plain_set() => Runs.Sample(runs =>
    {
        var (set, model) = (new IntervalSet(), new HashSet<long>());
        foreach (var (from, length) in runs)
        {
            set.Add(from, from + length - 1);
            model.UnionWith(Enumerable.Range(from, length).Select(position => (long)position));
        }

        Assert.Equal(model.Count, set.Count);
        Assert.Equal(Enumerable.Range(-1, 80).Select(p => model.Contains(p)), Enumerable.Range(-1, 80).Select(p => set.Contains(p)));
        AssertMerged(set);
    });

    [Fact]
    public void Missing_is_the_complement() => Gen.Select(Runs, Gen.Int[-2, 75], Gen.Int[-2, 75]).Sample((runs, from, to) =>
    {
        var set = new IntervalSet(runs.Select(run => new Interval(run.From, run.From + run.Length - 1)));
        var expected = Enumerable.Range(-5, 90).Select(p => (long)p).Where(p => p >= from && p <= to && !set.Contains(p));
        var missing = set.Missing(from, to).ToList();
        Assert.Equal(expected, missing.SelectMany(run => Enumerable.Range((int)run.From, (int)run.Count).Select(p => (long)p)));
        AssertMerged(missing);
    });

    [Fact]
    public void What_is_enumerated_makes_the_same_set() => Runs.Sample(runs =>
    {
        var set = new IntervalSet(runs.Select(run => new Interval(run.From, run.From + run.Length - 1)));
        Assert.Equal(set, new IntervalSet(set));
        Assert.Equal(set.Runs, set.ToList().Count);
    });

    [Fact]
    public void The_order_does_not_matter() => Runs.Sample(runs =>
    {
        var intervals = runs.Select(run => new Interval(run.From, run.From + run.Length - 1)).ToList();
        Assert.Equal(new IntervalSet(intervals), new IntervalSet(Enumerable.Reverse(intervals)));
    });

    /// <summary>Positions come off the wire: the last of all longs must not wrap around.</summary>
    [Theory]
    [InlineData(6, 10, 5, End, 5, End)]
    [InlineData(5, End, 6, 10, 5, End)]
    [InlineData(End, End, End - 1, End - 1, End - 1, End)]
    [InlineData(1, 2, 3, End, 1, End)]
    [InlineData(long.MinValue, 0, 1, 1, long.MinValue, 1)]
    public void Runs_merge_at_the_ends_of_the_range(long from1, long to1, long from2, long to2, long from, long to) =>
        Assert.Equal(new[] { new Interval(from, to) }, new IntervalSet([new(from1, to1), new(from2, to2)]));

    [Fact]
    public void Nothing_is_missing_behind_the_last_position() =>
        Assert.Equal(new[] { new Interval(1, 9) }, new IntervalSet([new(10, End)]).Missing(1, End));

    [Fact]
    public void A_run_that_ends_before_it_begins_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new IntervalSet().Add(2, 1));

    [Fact]
    public void Nothing_is_missing_of_nothing() => Assert.Empty(new IntervalSet().Missing(5, 4));

    private static void AssertMerged(IEnumerable<Interval> runs)
    {
        var last = long.MinValue;
        foreach (var run in runs)
        {
            Assert.True(run.From <= run.To && (last == long.MinValue || run.From > last + 1), $"{run} after {last}");
            last = run.To;
        }
    }
}
