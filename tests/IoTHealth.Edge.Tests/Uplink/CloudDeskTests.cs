using System.Text.Json.Nodes;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Uplink;
using IoTHealth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace IoTHealth.Edge.Tests.Uplink;

/// <summary>The twin and direct methods, over TLS with a hub that speaks the documented protocol.</summary>
public sealed class CloudDeskTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TestFolder _folder = new();
    private readonly HubDouble _hub;
    private readonly Section _section = new();
    private SqliteJournal _journal = null!;
    private HubTransport _transport = null!;
    private CloudUplink _uplink = null!;

    public CloudDeskTests() => _hub = new HubDouble(_folder);

    public async ValueTask InitializeAsync()
    {
        _journal = SqliteJournal.Open(new JournalOptions { Folder = _folder.Path }, "gw-01", TimeProvider.System, Acknowledged.Create);
        await _journal.WriteAsync(Sample.Write(Sample.HeartRate(1), Sample.HeartRate(2)));
        await _hub.DesireAsync("configuration", new JsonObject { ["version"] = "7" });
        await _hub.StartAsync();
        _transport = new HubTransport("gw-01", _hub.Settings, TimeProvider.System);
        var desk = new CloudDesk(_transport.Session, _journal, [new Echo(), new Failing()], [_section], TimeProvider.System, NullLogger<CloudDesk>.Instance);
        _uplink = new CloudUplink(_journal, _transport, TimeProvider.System, NullLogger<CloudUplink>.Instance, desk: desk);
        await _uplink.StartAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _uplink.StopAsync(CancellationToken.None);
        _uplink.Dispose();
        _transport.Dispose();
        await _hub.DisposeAsync();
        await _journal.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Reads_the_twin_and_reports_before_it_sends_and_listens()
    {
        await Eventually.HoldsAsync("sent", () => _hub.Positions.Count() == 2, Patience);
        await ListensAsync();
        var log = _hub.Log.ToList();
        Assert.Equal(["connected", "subscribed $iothub/twin/res/#", "$iothub/twin/GET/", "$iothub/twin/PATCH/properties/reported/"], log[..4]);
        Assert.Contains("subscribed $iothub/twin/PATCH/properties/desired/#", log);
        Assert.Equal(_journal.Id.Guid.ToString(), (string?)_hub.Reported["journal"]!["guid"]);
        Assert.Equal(2, (long)_hub.Reported["journal"]!["head"]!);
        Assert.NotEmpty((string)_hub.Reported["software"]!);
    }

    [Fact]
    public async Task A_section_is_told_at_connection_and_at_each_change_and_what_it_answers_is_reported()
    {
        await Eventually.HoldsAsync("told", () => (string?)_hub.Reported["configuration"]?["seen"] == "7", Patience);
        await _hub.DesireAsync("configuration", new JsonObject { ["version"] = "8" });
        await Eventually.HoldsAsync("told again", () => (string?)_hub.Reported["configuration"]?["seen"] == "8", Patience);
        _section.Fails = true;
        await _hub.DesireAsync("configuration", new JsonObject { ["version"] = "9" });
        await Eventually.HoldsAsync("failed once", () => _section.Failures == 1, Patience);
        _section.Fails = false;
        await _hub.DesireAsync("configuration", null);
        await Eventually.HoldsAsync("told of nothing", () => (string?)_hub.Reported["configuration"]?["seen"] == "nothing", Patience);
        Assert.Equal(1, _hub.Connections);
    }

    [Fact]
    public async Task A_section_that_is_unfinished_is_told_again_without_any_change_and_in_the_same_session()
    {
        await Eventually.HoldsAsync("told", () => (string?)_hub.Reported["configuration"]?["seen"] == "7", Patience);
        _section.Unfinished = 2;
        var told = _section.Told;
        await _hub.DesireAsync("configuration", new JsonObject { ["version"] = "8" });
        await Eventually.HoldsAsync("told until it is finished", () => _section is { Unfinished: 0, IsUnfinished: false } && _section.Told >= told + 3, Patience);
        Assert.Equal(1, _hub.Connections);
    }

    [Theory]
    [InlineData("echo", """{"a":[1,2]}""", 200, """{"said":{"a":[1,2]}}""")]
    [InlineData("echo", "", 200, """{"said":null}""")]
    [InlineData("echo", "{", 400, null)]
    [InlineData("echo", """{"refuse":"no such range"}""", 400, """{"reason":"no such range"}""")]
    [InlineData("fails", "{}", 500, """{"reason":"the disk is full"}""")]
    [InlineData("unknown", "{}", 404, """{"reason":"there is no such command"}""")]
    public async Task Commands_are_answered(string method, string request, int status, string? answer)
    {
        await ListensAsync();
        var (seen, body) = await _hub.CallAsync(method, request, Patience);
        Assert.Equal(status, seen);
        if (answer is not null)
        {
            Assert.Equal(answer, body!.ToJsonString());
        }

        Assert.Equal(1, _hub.Connections);
    }

    [Fact]
    public void Two_commands_of_one_name_stop_the_start()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => new CloudDesk(
            _transport.Session, _journal, [new Echo(), new Echo()], [], TimeProvider.System, NullLogger<CloudDesk>.Instance));
        Assert.Equal("two commands are called 'echo'", failure.Message);
    }

    private Task ListensAsync() => Eventually.SeesAsync(
        "listens", _ => Task.FromResult($"{_uplink.State}; {string.Join(", ", _hub.Log)}"),
        seen => seen.Contains("subscribed $iothub/methods/POST/#", StringComparison.Ordinal), Patience);

    private sealed class Echo : ICloudCommand
    {
        public string Name => "echo";

        public Task<CommandAnswer> RunAsync(JsonNode? request, CancellationToken cancellation) => request?["refuse"] is { } reason
            ? throw new ArgumentException((string?)reason)
            : Task.FromResult(new CommandAnswer(200, new JsonObject { ["said"] = request?.DeepClone() }));
    }

    private sealed class Failing : ICloudCommand
    {
        public string Name => "fails";

        public Task<CommandAnswer> RunAsync(JsonNode? request, CancellationToken cancellation) => throw new IOException("the disk is full");
    }

    private sealed class Section : IDesiredSection
    {
        public string Name => "configuration";

        public bool Fails { get; set; }

        public int Failures { get; private set; }

        public int Told { get; private set; }

        /// <summary>How often it is unfinished from now on.</summary>
        public int Unfinished { get; set; }

        public bool IsUnfinished { get; private set; }

        public Task<JsonNode?> ApplyAsync(JsonNode? desired, CancellationToken cancellation)
        {
            Told++;
            IsUnfinished = Unfinished > 0;
            Unfinished -= IsUnfinished ? 1 : 0;
            if (Fails)
            {
                Failures++;
                throw new IOException("no room");
            }

            return Task.FromResult<JsonNode?>(new JsonObject { ["seen"] = (string?)desired?["version"] ?? "nothing" });
        }
    }
}
