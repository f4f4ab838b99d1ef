using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using IoTHealth.Edge.Influx;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Uplink;
using IoTHealth.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace IoTHealth.Edge.Tests.Influx;

/// <summary>What was asked for is carried out, however long it takes and whatever happens in between.</summary>
public sealed class ReplayQueueTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TestFolder _folder = new();
    private readonly FakeTimeProvider _time = new(Sample.Noon);
    private readonly SlowReplay _replay = new();

    private SqliteJournal _journal = null!;

    public ValueTask InitializeAsync()
    {
        _journal = SqliteJournal.Open(new JournalOptions { Folder = _folder.File("data") }, "gw-01", TimeProvider.System, ReplayQueue.Create);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _journal.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_takes_longer_than_an_answer_may_goes_on_after_a_restart_and_then_tells_its_outcome()
    {
        using (var queue = await StartAsync())
        {
            var answer = queue.RunAsync(Range(1), TestContext.Current.CancellationToken);
            await Eventually.HoldsAsync("it has begun", () => _replay.Begun.Count == 1, Patience);
            await PassAsync(answer);
            Assert.Equal((202, """{"goesOn":true}"""), Told(await answer));
            await queue.StopAsync(CancellationToken.None);
        }

        Assert.Empty(_replay.Done);
        using var again = await StartAsync();
        await Eventually.HoldsAsync("it has begun again", () => _replay.Begun.Count == 2, Patience);
        var outcome = again.RunAsync(Range(1), TestContext.Current.CancellationToken);
        _replay.Gate.Release(2);
        Assert.Equal((200, """{"queued":7}"""), Told(await outcome));
        Assert.Equal(Range(1).ToJsonString(), _replay.Done.First());
        await Eventually.HoldsAsync("nothing waits", () => Waiting() == 0, Patience);
        await again.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task What_fails_stays_and_does_not_stop_the_others()
    {
        _replay.Failures = 1;
        _replay.Gate.Release(10);
        using var queue = await StartAsync();
        var first = queue.RunAsync(Range(1), TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync("it has failed", () => _replay.Begun.Count == 1, Patience);
        Assert.Equal(200, (await queue.RunAsync(Range(2), TestContext.Current.CancellationToken)).Status);
        Assert.Equal(200, (await first).Status);
        Assert.Equal(0, Waiting());
        await queue.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task More_than_may_wait_and_what_cannot_be_understood_are_refused()
    {
        using var queue = new ReplayQueue(_replay, _journal, _time, NullLogger<ReplayQueue>.Instance);
        var waiting = Enumerable.Range(1, 16).Select(day => queue.RunAsync(Range(day), TestContext.Current.CancellationToken)).ToList();
        await Eventually.HoldsAsync("all wait", () => Waiting() == 16, Patience);
        Assert.Equal(429, (await queue.RunAsync(Range(17), TestContext.Current.CancellationToken)).Status);
        await Assert.ThrowsAsync<ArgumentException>(() => queue.RunAsync(new JsonObject(), TestContext.Current.CancellationToken));
        Assert.Equal(16, Waiting());
        var answers = Task.WhenAll(waiting);
        await PassAsync(answers);
        Assert.All(await answers, answer => Assert.Equal(202, answer.Status));
    }

    private Task PassAsync(Task answer) => Eventually.HoldsAsync("it has answered", () =>
    {
        _time.Advance(TimeSpan.FromSeconds(15));
        return answer.IsCompleted;
    }, Patience);

    private static JsonObject Range(int day) => new() { ["from"] = $"2026-11-{day:00}T00:00:00Z", ["to"] = $"2026-11-{day:00}T12:00:00Z" };

    private static (int Status, string Body) Told(CommandAnswer answer) => (answer.Status, answer.Body.ToJsonString());

    private long Waiting() => _journal.Query(connection =>
    {
        using var command = JournalTables.Command(connection, "select count(*) from replay");
        return (long)command.ExecuteScalar()!;
    });

    private async Task<ReplayQueue> StartAsync()
    {
        var queue = new ReplayQueue(_replay, _journal, _time, NullLogger<ReplayQueue>.Instance);
        await queue.StartAsync(CancellationToken.None);
        return queue;
    }

    /// <summary>Takes as long as the test lets it.</summary>
    private sealed class SlowReplay : ICloudCommand
    {
        public SemaphoreSlim Gate { get; } = new(0);

        public ConcurrentQueue<string> Begun { get; } = [];

        public ConcurrentQueue<string> Done { get; } = [];

        public int Failures { get; set; }

        public string Name => "replay";

        public async Task<CommandAnswer> RunAsync(JsonNode? request, CancellationToken cancellation)
        {
            Begun.Enqueue(request!.ToJsonString());
            await Gate.WaitAsync(cancellation);
            if (Failures-- > 0)
            {
                throw new HttpRequestException("InfluxDB is away");
            }

            Done.Enqueue(request.ToJsonString());
            return new CommandAnswer(200, new JsonObject { ["queued"] = 7 });
        }
    }
}
