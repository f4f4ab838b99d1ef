using IoTHealth.Edge.Uplink;

namespace IoTHealth.Edge.Tests.Uplink;

public sealed class LinePaceTests
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Span = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData(5_000, 50)]
    [InlineData(20_000, 0)]
    [InlineData(20_000, 600)]
    [InlineData(100_000, 50)]
    [InlineData(1_000_000, 50)]
    [InlineData(1_000_000, 5_000)]
    [InlineData(100_000_000, 1)]
    public void What_is_new_never_waits_long_behind_the_backlog(double bytesPerSecond, int latencyMilliseconds)
    {
        var (line, pace) = Lay(bytesPerSecond, latencyMilliseconds);
        while (line.Time.GetUtcNow() < Sample.Noon + Span)
        {
            line.Step(pace);
            Assert.True(line.LiveWait <= Wait, $"{line.LiveWait} after {line.Time.GetUtcNow() - Sample.Noon}, {pace.BodyBytes} bytes a message");
        }
    }

    [Theory]
    [InlineData(5_000, 50, 0.5)]
    [InlineData(20_000, 50, 0.7)]
    [InlineData(100_000, 50, 0.7)]
    [InlineData(1_000_000, 50, 0.7)]
    [InlineData(10_000_000, 20, 0.7)]
    [InlineData(100_000_000, 1, 0.7)]
    [InlineData(1_000_000, 600, 0.15)]
    public void The_backlog_takes_most_of_a_line(double bytesPerSecond, int latencyMilliseconds, double share)
    {
        var (line, pace) = Lay(bytesPerSecond, latencyMilliseconds);
        var bytes = 0L;
        while (line.Time.GetUtcNow() < Sample.Noon + Span)
        {
            bytes += line.Step(pace);
        }

        Assert.InRange(bytes / Span.TotalSeconds / bytesPerSecond, share, 1.001);
    }

    [Fact]
    public void A_line_that_becomes_slow_gets_smaller_messages_and_then_full_ones_again()
    {
        var (line, pace) = Lay(100_000_000, 1);
        Steps(line, pace, 20);
        Assert.Equal(BatchPacker.BodyBytesMaximum, pace.BodyBytes);
        line.BytesPerSecond = 20_000;
        Steps(line, pace, 20);
        Assert.InRange(line.LiveWait, TimeSpan.Zero, Wait);
        line.BytesPerSecond = 100_000_000;
        Steps(line, pace, 20);
        Assert.Equal(BatchPacker.BodyBytesMaximum, pace.BodyBytes);
    }

    [Fact]
    public void A_line_that_becomes_far_takes_large_messages_all_the_same()
    {
        var (line, pace) = Lay(100_000_000, 1);
        Steps(line, pace, 20);
        line.Latency = TimeSpan.FromSeconds(3);
        Steps(line, pace, 100);
        Assert.Equal(BatchPacker.BodyBytesMaximum, pace.BodyBytes);
    }

    [Fact]
    public void What_was_learnt_long_ago_holds_no_more_and_small_messages_teach_nothing()
    {
        var (line, pace) = Lay(100_000_000, 1);
        Steps(line, pace, 20);
        line.SendLiveAlone(pace, TimeSpan.FromSeconds(30));
        Assert.InRange(pace.BodyBytes, 1, LinePace.BodyBytesMinimum);
        line.BytesPerSecond = 20_000;
        for (var step = 0; step < 100; step++)
        {
            line.Step(pace);
            Assert.InRange(line.LiveWait, TimeSpan.Zero, Wait);
        }
    }

    [Fact]
    public void A_session_begins_small()
    {
        var (line, pace) = Lay(100_000_000, 1);
        Steps(line, pace, 20);
        pace.Begin();
        Assert.Equal((LinePace.BodyBytesMinimum, 2), (pace.BodyBytes, pace.UnderWay));
    }

    private static (SimulatedLine Line, LinePace Pace) Lay(double bytesPerSecond, int latencyMilliseconds)
    {
        var line = new SimulatedLine(bytesPerSecond, TimeSpan.FromMilliseconds(latencyMilliseconds));
        return (line, new LinePace(line.Time));
    }

    private static void Steps(SimulatedLine line, LinePace pace, int count)
    {
        for (var step = 0; step < count; step++)
        {
            line.Step(pace);
        }
    }
}
