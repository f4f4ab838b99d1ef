using IoTHealth.Simulators.Counting;

namespace IoTHealth.Simulators.Tests.Counting;

/// <summary>A report that cannot fail proves nothing: every fault is planted once.</summary>
public sealed class CountingReportTests
{
    private static readonly DateTimeOffset Instant = new(2026, 11, 24, 3, 12, 0, 123, TimeSpan.FromHours(9));
    private static readonly ReadingKey Heart = new("R-0001", "heart-rate", Instant, "58");
    private static readonly ReadingKey Breath = new("R-0001", "respiration-rate", Instant, "14");

    [Fact]
    public void All_there_once_is_clean() => Expect([Acked(Heart), Acked(Breath)], [Heart, Breath], 0, 0, 0);

    [Fact]
    public void The_same_instant_in_another_zone_is_the_same() => Expect([Acked(Heart)], [Heart with { Instant = Instant.ToUniversalTime() }], 0, 0, 0);

    [Fact]
    public void An_acknowledged_reading_without_observation_is_missing() => Expect([Acked(Heart), Acked(Breath)], [Heart], 1, 0, 0);

    [Fact]
    public void A_second_observation_is_duplicated() => Expect([Acked(Heart)], [Heart, Heart, Heart], 0, 2, 0);

    [Fact]
    public void An_observation_nobody_sent_is_foreign() => Expect([Acked(Heart)], [Heart, Breath], 0, 0, 1);

    [Fact]
    public void A_foreign_one_twice_is_foreign_twice() => Expect([Acked(Heart)], [Heart, Breath, Breath], 0, 0, 2);

    [Fact]
    public void An_altered_value_is_missing_and_foreign() => Expect([Acked(Heart)], [Heart with { Value = "59" }], 1, 0, 1);

    [Fact]
    public void An_instant_shifted_by_a_millisecond_is_missing_and_foreign() => Expect([Acked(Heart)], [Heart with { Instant = Instant.AddMilliseconds(1) }], 1, 0, 1);

    [Fact]
    public void Another_device_is_missing_and_foreign() => Expect([Acked(Heart)], [Heart with { Serial = "R-0002" }], 1, 0, 1);

    [Fact]
    public void Another_kind_is_missing_and_foreign() => Expect([Acked(Heart)], [Heart with { Kind = "pulse-rate" }], 1, 0, 1);

    [Fact]
    public void What_was_sent_and_not_acknowledged_may_be_there_or_not()
    {
        Expect([Unacked(Heart), Acked(Breath)], [Breath], 0, 0, 0);
        Expect([Unacked(Heart), Acked(Breath)], [Heart, Breath], 0, 0, 0);
        Expect([Unacked(Heart)], [Heart, Heart], 0, 1, 0);
    }

    [Fact]
    public void A_fault_in_one_row_does_not_hide_behind_its_opposite_in_another()
    {
        var other = Heart with { Serial = "R-0002" };
        Expect([Acked(Heart), Acked(other)], [Heart, Heart], 1, 1, 0);
    }

    [Fact]
    public void Rows_tell_where_and_examples_tell_which()
    {
        var report = CountingReport.Of([Acked(Heart), Acked(Breath)], [new("o1", Breath), new("o2", Heart with { Serial = "X" })]);
        Assert.Equal(
            [("", "X", "heart-rate", 0L, 0L, 1L), ("robot-01", "R-0001", "heart-rate", 1, 1, 0), ("robot-01", "R-0001", "respiration-rate", 1, 0, 0)],
            report.Rows.Select(r => (r.Device, r.Serial, r.Kind, r.Sent, r.Missing, r.Foreign)));
        Assert.Equal(["missing: R-0001 heart-rate 2026-11-23T18:12:00.123Z 58", "foreign: X heart-rate 2026-11-23T18:12:00.123Z 58"], report.Examples.Order().Reverse());
    }

    private static SentReading Acked(ReadingKey key) => new("robot-01", key, true);

    private static SentReading Unacked(ReadingKey key) => new("robot-01", key, false);

    private static void Expect(SentReading[] sent, ReadingKey[] found, long missing, long duplicated, long foreign)
    {
        var report = CountingReport.Of(sent, found.Select((key, n) => new FoundReading($"o{n}", key)));
        Assert.Equal((missing, duplicated, foreign), (report.Missing, report.Duplicated, report.Foreign));
        Assert.Equal(missing + duplicated + foreign == 0, report.IsClean);
    }
}
