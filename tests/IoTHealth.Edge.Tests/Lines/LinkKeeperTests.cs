using IoTHealth.Edge.Lines;
using Microsoft.Extensions.Time.Testing;

namespace IoTHealth.Edge.Tests.Lines;

public sealed class LinkKeeperTests
{
    // Said once, however often it is tried; said again, and what comes after it, once the link has worked.
    [Fact]
    public async Task A_trouble_is_told_once_until_the_link_has_worked()
    {
        using var stop = new CancellationTokenSource();
        var time = new FakeTimeProvider();
        var told = new List<(string, bool)>();
        var keeper = new LinkKeeper(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, time, (_, state, isTrouble) => told.Add((state, isTrouble)));
        var attempts = 0;
        await keeper.ServeAsync(
            "cuff-01",
            async report =>
            {
                report(LinkKeeper.Connected);
                attempts++;
                if (attempts == 4)
                {
                    time.Advance(TimeSpan.FromSeconds(30));
                    throw new IOException("the connection has ended");
                }

                if (attempts == 6)
                {
                    await stop.CancelAsync();
                }

                throw new IOException("not paired");
            },
            stop.Token).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal([("connected", false), ("not paired", true), ("the connection has ended", false), ("connected", false), ("not paired", true)], told);
    }

    // A driver that could not keep what a device has already forgotten says so by its last words.
    [Theory]
    [InlineData(true, "connected|4 values may be lost")]
    [InlineData(false, "connected")]
    public async Task What_a_driver_says_when_it_must_stop_is_told(bool isLost, string told)
    {
        using var stop = new CancellationTokenSource();
        var states = new List<string>();
        var keeper = new LinkKeeper(TimeSpan.FromHours(1), TimeSpan.FromHours(1), TimeSpan.FromHours(1), TimeProvider.System, (_, state, _) => states.Add(state));
        await keeper.ServeAsync(
            "cuff-01",
            async report =>
            {
                report(LinkKeeper.Connected);
                await stop.CancelAsync();
                throw isLost ? new IOException("4 values may be lost") : new OperationCanceledException();
            },
            stop.Token).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        Assert.Equal(told, string.Join('|', states));
    }
}
