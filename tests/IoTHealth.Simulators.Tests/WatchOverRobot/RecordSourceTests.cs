using CsCheck;
using IoTHealth.Simulators.Tests.Support;
using IoTHealth.Simulators.WatchOverRobot;

namespace IoTHealth.Simulators.Tests.WatchOverRobot;

public sealed class RecordSourceTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Timestamps_rise_strictly_even_when_the_clock_stands_or_jumps_back() => Gen.Int[-5000, 5000].Array[2, 100].Sample(jumps =>
    {
        var source = Source(SentPosition.Birth);
        var records = jumps.Select(jump => source.Next(Now.AddMilliseconds(jump))).ToArray();
        return records.Zip(records.Skip(1)).All(pair => pair.Second.Timestamp > pair.First.Timestamp && pair.Second.Sequence == pair.First.Sequence + 1);
    });

    [Fact]
    public void A_wrong_clock_is_wrong_by_its_skew() =>
        Assert.Equal(Now.AddSeconds(3), Source(SentPosition.Birth, TimeSpan.FromSeconds(3)).Next(Now).Timestamp);

    [Fact]
    public void An_exit_comes_before_the_empty_bed_is_seen()
    {
        var source = Source(SentPosition.Birth);
        RobotRecord[] records = [.. Enumerable.Range(0, 30_000).Select(n => source.Next(Now.AddSeconds(n)))];
        var exit = Array.FindIndex(records, record => record.Event == NightEventKind.BedExit);
        var empty = Array.FindIndex(records, record => record.Look is { InBed: false });
        Assert.Equal(exit + 1, empty);
    }

    [Fact]
    public void Sequence_and_clock_go_on_after_a_restart()
    {
        using var folder = new TestFolder();
        var file = folder.Write("robot-01.sent.jsonl", """
            {"event":"sent","device":"robot-01","serial":"R-0001","seq":41,"ts":"2026-11-24T10:00:00.500+09:00","readings":[]}
            {"event":"dropped","seq":42}
            {"event":"acked","seq":41}
            {"event":"sent","device":"robot-01","serial":"R-0001","seq":43,"ts":"2026-1
            """);
        var begin = SentPosition.Read(file);
        Assert.Equal(43, begin.NextSequence);
        var next = Source(begin).Next(Now);
        Assert.Equal((43, new DateTimeOffset(2026, 11, 24, 10, 0, 0, 501, TimeSpan.FromHours(9))), (next.Sequence, next.Timestamp));
    }

    private static RecordSource Source(SentPosition begin, TimeSpan skew = default) =>
        new(new ResidentNight(1), TimeSpan.FromSeconds(1), begin, skew);
}
