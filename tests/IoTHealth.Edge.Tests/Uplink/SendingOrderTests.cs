using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Uplink;
using IoTHealth.Measurements;
using IoTHealth.Testing;

namespace IoTHealth.Edge.Tests.Uplink;

public sealed class SendingOrderTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private SqliteJournal _journal = null!;
    private Acknowledged _acknowledged = null!;

    public async ValueTask InitializeAsync()
    {
        _journal = SqliteJournal.Open(new JournalOptions { Folder = _folder.Path }, "gw-01", TimeProvider.System, Acknowledged.Create);
        await _journal.WriteAsync(Sample.Write(Enumerable.Range(1, 100).Select(i => Sample.HeartRate(i))));
        _acknowledged = new Acknowledged(_journal);
    }

    public async ValueTask DisposeAsync()
    {
        _acknowledged.Dispose();
        await _journal.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public void After_three_live_messages_it_is_the_backlogs_turn()
    {
        var order = new SendingOrder(_journal, _acknowledged);
        var turns = new List<bool>();
        foreach (var lane in new[] { Lane.Live, Lane.Alarm, Lane.Live, Lane.Live, Lane.Alarm, Lane.Backlog, Lane.Live })
        {
            order.Count(lane);
            turns.Add(order.IsBacklogsTurn);
        }

        Assert.Equal([false, false, false, true, true, false, false], turns);
    }

    [Fact]
    public void More_live_than_a_message_holds_becomes_backlog_but_for_the_newest()
    {
        var order = new SendingOrder(_journal, _acknowledged);
        order.Begin(0, []);
        Assert.Equal([new Interval(1, 100)], order.Live(100)!.Runs);
        Assert.Null(order.Backlog(100));
        const long head = BatchMaker.EntriesMaximum + 50;
        Assert.Equal([new Interval(51, head)], order.Live(head)!.Runs);
        Assert.Equal([new Interval(1, 50)], order.Backlog(head)!.Runs);
    }

    [Fact]
    public async Task What_is_asked_for_again_of_what_went_live_comes_as_backlog()
    {
        var order = new SendingOrder(_journal, _acknowledged);
        order.Begin(0, []);
        await _acknowledged.SettleAsync([new Interval(1, 100)]);
        order.Advance(100);
        await _acknowledged.TakeBackAsync([new Interval(40, 50)], []);
        Assert.Null(order.Live(100));
        Assert.Equal([new Interval(40, 50)], order.Backlog(100)!.Runs);
    }
}
