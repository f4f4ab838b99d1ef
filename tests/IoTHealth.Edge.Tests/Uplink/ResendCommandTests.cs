using System.Text.Json.Nodes;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Uplink;
using IoTHealth.Measurements;
using IoTHealth.Testing;
using Microsoft.Extensions.Time.Testing;

namespace IoTHealth.Edge.Tests.Uplink;

public sealed class ResendCommandTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private readonly FakeTimeProvider _time = new(Sample.Noon);
    private SqliteJournal _journal = null!;
    private Acknowledged _acknowledged = null!;

    public async ValueTask InitializeAsync()
    {
        _journal = SqliteJournal.Open(new JournalOptions { Folder = _folder.Path, RecentEntries = 0 }, "gw-01", TimeProvider.System, Acknowledged.Create);
        await _journal.WriteAsync(Sample.Write(Enumerable.Range(1, 100).Select(i => Sample.HeartRate(i))));
        _acknowledged = new Acknowledged(_journal);
        await _acknowledged.SettleAsync([new Interval(1, 100)]);
    }

    public async ValueTask DisposeAsync()
    {
        _acknowledged.Dispose();
        await _journal.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_is_here_is_open_again_also_after_a_restart()
    {
        var answer = await AskAsync(_journal.Id.Guid, "[[10,12],[50,50]]");
        Assert.Equal((200, """{"queued":4,"gone":0}"""), answer);
        Assert.Equal(4, _acknowledged.Behind(_journal.Head));
        using var next = new Acknowledged(_journal);
        Assert.Equal((4, 9), (next.Behind(_journal.Head), next.Prefix));
        Assert.Equal(100, _journal.Head);
    }

    [Fact]
    public async Task Of_what_is_gone_one_gap_entry_a_day_tells_however_often_it_is_asked_for()
    {
        await _journal.WriteAsync(new JournalWrite { Rows = (connection, _) => JournalTables.Execute(connection, "delete from entry where position in (11, 12, 20)") });
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal((200, """{"queued":8,"gone":3}"""), await AskAsync(_journal.Id.Guid, "[[10,20]]"));
        }

        Assert.Equal(101, _journal.Head);
        var entry = Assert.Single(_journal.Read(101, 101, 1, 1));
        Assert.True(WireForm.TryDecodeGap(entry.Payload, out var gap, out _));
        Assert.Equal(("journal", 11, 20, 3, _journal.Id.Guid), (gap.Reader, gap.FromPosition, gap.ToPosition, gap.Count, gap.Journal));
        Assert.Equal([new Interval(11, 12), new Interval(20, 20)], gap.Runs);

        _time.Advance(TimeSpan.FromDays(1));
        await AskAsync(_journal.Id.Guid, "[[10,20]]");
        Assert.Equal(102, _journal.Head);
    }

    [Fact]
    public async Task Positions_are_those_of_the_wire_in_the_generation_that_is_named()
    {
        var old = _journal.Id.Guid;
        await _journal.BeginAnewAsync(60, "a test");
        await _acknowledged.SettleAsync([new Interval(1, _journal.Head)]);
        Assert.Equal((200, """{"queued":2,"gone":0}"""), await AskAsync(old, "[[59,65]]"));
        Assert.Equal(58, _acknowledged.Prefix);
        Assert.Equal((200, """{"queued":1,"gone":0}"""), await AskAsync(_journal.Id.Guid, "[[40,40]]"));
        Assert.True(_acknowledged.Contains(99));
        Assert.False(_acknowledged.Contains(100));
    }

    [Fact]
    public async Task A_journal_that_is_not_ours_is_404() => Assert.Equal(404, (await AskAsync(Guid.NewGuid(), "[[1,2]]")).Status);

    [Theory]
    [InlineData("[]")]
    [InlineData("[[2,1]]")]
    [InlineData("[[0,1]]")]
    [InlineData("[[1]]")]
    [InlineData("[[\"a\",1]]")]
    [InlineData("[1]")]
    [InlineData("[null]")]
    [InlineData("{}")]
    public async Task What_cannot_be_understood_is_an_argument_exception_and_changes_nothing(string runs)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => AskAsync(_journal.Id.Guid, runs));
        Assert.Equal(0, _acknowledged.Behind(_journal.Head));
    }

    private async Task<(int Status, string Body)> AskAsync(Guid journal, string runs)
    {
        var request = new JsonObject { ["journal"] = journal.ToString(), ["runs"] = JsonNode.Parse(runs) };
        var answer = await new ResendCommand(_journal, _acknowledged, _time).RunAsync(request, CancellationToken.None);
        return (answer.Status, answer.Body.ToJsonString());
    }
}
