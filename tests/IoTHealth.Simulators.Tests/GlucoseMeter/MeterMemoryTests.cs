using System.Globalization;
using CsCheck;
using IoTHealth.Simulators.GlucoseMeter;

namespace IoTHealth.Simulators.Tests.GlucoseMeter;

public sealed class MeterMemoryTests
{
    private static readonly DateTime Noon = new(2026, 11, 23, 12, 0, 0);

    private static readonly Gen<(ulong Seed, int Count, GlucoseUnit Unit, DateTime Now, TimeSpan Skew)> Memories = Gen.Select(
        Gen.ULong, Gen.Int[1, 200], Gen.Bool.Select(molar => molar ? GlucoseUnit.Molar : GlucoseUnit.Mass),
        Gen.Int[0, 500_000].Select(minutes => Noon.AddMinutes(minutes)), Gen.Int[-3000, 3000].Select(minutes => TimeSpan.FromMinutes(minutes)));

    [Fact]
    public void The_same_seed_and_time_give_the_same_memory() => Memories.Sample(
        m => Recall(m).SequenceEqual(Recall(m)), iter: 100);

    [Fact]
    public void Another_seed_gives_another_memory() => Gen.ULong.Sample(
        seed => !MeterMemory.Recall(seed, 30, GlucoseUnit.Mass, Noon, TimeSpan.Zero).SequenceEqual(MeterMemory.Recall(seed + 1, 30, GlucoseUnit.Mass, Noon, TimeSpan.Zero)), iter: 50);

    [Fact]
    public void Results_are_as_many_as_asked_for_in_order_before_now_on_whole_minutes_and_none_twice() => Memories.Sample(m =>
    {
        var records = Recall(m);
        Assert.Equal(Enumerable.Range(1, m.Count), records.Select(record => record.Index));
        Assert.Equal(records.Select(record => record.Time).Order(), records.Select(record => record.Time));
        Assert.All(records, record => Assert.True(record.Time < m.Now && record.Time.Ticks % TimeSpan.TicksPerMinute == 0 && record.Time.Kind == DateTimeKind.Unspecified));
        Assert.Equal(m.Count, records.Select(record => (record.Time, record.Value)).Distinct().Count());
    }, iter: 100);

    [Fact]
    public void Values_lie_within_the_meters_limits_or_one_step_beyond_and_say_so() => Memories.Sample(m => Assert.All(Recall(m), record =>
    {
        var value = decimal.Parse(record.Value, CultureInfo.InvariantCulture);
        Assert.Equal(value > m.Unit.High ? "high" : value < m.Unit.Low ? "low" : null, record.OutOfRange);
        Assert.InRange(value, m.Unit.Low - m.Unit.Step, m.Unit.High + m.Unit.Step);
        Assert.Equal(record.OutOfRange == "high", record.Markers.Split('/').Contains(">"));
        Assert.Equal(record.OutOfRange == "low", record.Markers.Split('/').Contains("<"));
        Assert.Equal(record.Control, record.Markers == "C");
    }), iter: 100);

    [Fact]
    public void Every_oddity_is_there_and_rare() => Gen.ULong.Select(Gen.Int[MeterMemory.FewestForOddities, 500]).Sample((seed, count) =>
    {
        var records = MeterMemory.Recall(seed, count, GlucoseUnit.Mass, Noon, TimeSpan.Zero);
        Assert.Contains(records, record => record.OutOfRange == "high");
        Assert.Contains(records, record => record.OutOfRange == "low");
        Assert.Contains(records, record => record.Control);
        Assert.Contains(records.Zip(records.Skip(1)), pair => pair.First.Time == pair.Second.Time);
        Assert.True(records.Count(record => record.Control || record.OutOfRange is not null) <= Math.Max(3, count / 30));
    }, iter: 50);

    [Fact]
    public void A_wrong_clock_shifts_the_whole_memory_and_nothing_else()
    {
        var right = MeterMemory.Recall(3, 100, GlucoseUnit.Mass, Noon, TimeSpan.Zero);
        var wrong = MeterMemory.Recall(3, 100, GlucoseUnit.Mass, Noon.AddMinutes(-90), TimeSpan.FromMinutes(-90));
        Assert.Equal(right.Select(record => record with { Time = record.Time.AddMinutes(-90) }), wrong);
    }

    [Fact]
    public void Days_look_like_a_residents()
    {
        var records = MeterMemory.Recall(5, 480, GlucoseUnit.Mass, Noon, TimeSpan.Zero).Where(record => !record.Control && record.OutOfRange is null).ToArray();
        var fasting = records.Where(record => record.Markers == "F").ToArray();
        var after = records.Where(record => record.Markers.StartsWith('A')).ToArray();
        Assert.All(fasting, record => Assert.InRange(record.Time.Hour, 6, 8));
        Assert.True(Mean(after) > Mean(fasting) + 20, $"{Mean(fasting)} fasting, {Mean(after)} after meals");
        Assert.InRange((Noon - records[0].Time).TotalDays, 40, 100);
        Assert.Equal(["", "A", "A/M0/T1", "B", "F"], records.Select(record => record.Markers).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_model_stays_where_it_is_balanced_rises_with_a_meal_comes_back_and_falls_with_insulin() => Gen.Int.Sample(seed =>
    {
        var body = new MinimalModel(new Random(seed));
        var basal = body.Glucose;
        Live(body, 600, 0, 0);
        Assert.Equal(basal, body.Glucose, 6);
        Live(body, 60, 5, 0);
        Assert.InRange(body.Glucose, basal + 50, basal + 250);
        Live(body, 1440, 0, 0);
        Assert.InRange(body.Glucose, basal - 5, basal + 5);
        Live(body, 60, 0, 2);
        Assert.InRange(body.Glucose, 20, basal - 5);
    }, iter: 200);

    private static void Live(MinimalModel body, int minutes, double glucose, double insulin)
    {
        for (var minute = 0; minute < minutes; minute++)
        {
            body.Live(glucose, insulin);
        }
    }

    private static double Mean(MemoryRecord[] records) => records.Average(record => double.Parse(record.Value, CultureInfo.InvariantCulture));

    private static IReadOnlyList<MemoryRecord> Recall((ulong Seed, int Count, GlucoseUnit Unit, DateTime Now, TimeSpan Skew) m) =>
        MeterMemory.Recall(m.Seed, m.Count, m.Unit, m.Now, m.Skew);
}
