using System.Text;
using System.Text.Json;
using IoTHealth.Simulators.Mqtt;
using IoTHealth.Simulators.Tests.Support;
using MQTTnet;
using MQTTnet.Protocol;

namespace IoTHealth.Simulators.Tests.WatchOverRobot;

/// <summary>The robot with a real broker.</summary>
public sealed class RobotAgainstMosquittoTests : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestAuthority _authority;
    private readonly Mosquitto _broker;

    public RobotAgainstMosquittoTests()
    {
        _authority = new TestAuthority(_folder.Path);
        _broker = new Mosquitto(_folder, _authority, "robot-01", "robot-02", "listener");
    }

    [Fact]
    public async Task Every_record_arrives_as_the_sent_file_says_and_is_acknowledged()
    {
        await _broker.StartAsync();
        using var listener = await ListenAsync();
        var (code, output, error) = await RunningCommand.RunAsync(Arguments("--count", "500", "--rate", "500", "--batch", "7", "--speed", "3600"));
        Assert.True(code == 0, error);
        Assert.Contains("sent 1000, acknowledged 1000", output, StringComparison.Ordinal);
        foreach (var robot in new[] { "robot-01", "robot-02" })
        {
            var sent = SentLines.Of(_folder[$"out/{robot}.sent.jsonl"]);
            var received = await listener.RecordsAsync(robot, 500);
            Assert.Equal(sent.Sequences("sent"), received.Select(r => r.GetProperty("seq").GetInt64()));
            Assert.Equal(sent.Sequences("sent"), sent.Sequences("acked").Order());
        }
    }

    [Fact]
    public async Task A_broker_killed_and_started_again_costs_nothing()
    {
        await _broker.StartAsync();
        await using var robots = RunningCommand.Start(Arguments("--for", "4s", "--rate", "400", "--batch", "4"));
        for (var outage = 0; outage < 3; outage++)
        {
            await Task.Delay(700, TestContext.Current.CancellationToken);
            await _broker.KillAsync();
            await Task.Delay(300, TestContext.Current.CancellationToken);
            await _broker.StartAsync();
        }

        Assert.True(await robots.EndAsync() == 0, robots.Error);
        AssertAllAcknowledged("robot-01", atLeast: 1000);
        AssertAllAcknowledged("robot-02", atLeast: 1000);
    }

    [Fact]
    public async Task Chaos_leaves_first_arrivals_complete_and_every_repeat_equal()
    {
        await _broker.StartAsync();
        using var listener = await ListenAsync();
        var (code, _, error) = await RunningCommand.RunAsync(Arguments(
            "--count", "600", "--rate", "600", "--batch", "3", "--chaos", "drop=0.02,duplicate=0.05,disconnect=0.05,corrupt=0.05,skew=-3s"));
        Assert.True(code == 0, error);
        var sent = SentLines.Of(_folder["out/robot-01.sent.jsonl"]);
        Assert.NotEmpty(sent.Sequences("dropped"));
        Assert.NotEmpty(sent.Sequences("corrupted"));
        AssertAllAcknowledged("robot-01", atLeast: 500);

        await listener.RecordsAsync("robot-01", sent.Sequences("sent").Length);
        var arrivals = listener.Payloads("robot-01");
        Assert.True(arrivals.Length > arrivals.Distinct().Count(), "nothing was repeated");
        var first = arrivals.Distinct().SelectMany(Listener.Records).Select(r => r.GetProperty("seq").GetInt64()).ToArray();
        Assert.Equal(sent.Sequences("sent"), first);
    }

    [Fact]
    public async Task Reordered_records_all_arrive()
    {
        await _broker.StartAsync();
        var (code, _, error) = await RunningCommand.RunAsync(Arguments("--count", "400", "--rate", "1000", "--chaos", "reorder=0.3"));
        Assert.True(code == 0, error);
        var sent = SentLines.Of(_folder["out/robot-01.sent.jsonl"]).Sequences("sent");
        Assert.NotEqual(sent.Order(), sent);
        Assert.Equal(Enumerable.Range(1, 400).Select(n => (long)n), sent.Order());
    }

    [Fact]
    public async Task A_restart_goes_on_counting()
    {
        await _broker.StartAsync();
        await RunningCommand.RunAsync(Arguments("--count", "10", "--rate", "1000"));
        await RunningCommand.RunAsync(Arguments("--count", "10", "--rate", "1000"));
        Assert.Equal(Enumerable.Range(1, 20).Select(n => (long)n), SentLines.Of(_folder["out/robot-01.sent.jsonl"]).Sequences("sent"));
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_readings_and_the_same_chaos()
    {
        await _broker.StartAsync();
        string[] run = ["--count", "200", "--rate", "1000", "--speed", "40000", "--seed", "9", "--chaos", "drop=0.1,reorder=0.1,corrupt=0.1"];
        await RunningCommand.RunAsync(Arguments("out", run));
        await RunningCommand.RunAsync(Arguments("again", run));
        Assert.Equal(WithoutTimes("out"), WithoutTimes("again"));
    }

    [Fact]
    public async Task A_stop_ends_measuring_and_drains()
    {
        await _broker.StartAsync();
        await using var robots = RunningCommand.Start(Arguments("--rate", "200"));
        await Task.Delay(1000, TestContext.Current.CancellationToken);
        Assert.Equal(0, await robots.StopAsync());
        AssertAllAcknowledged("robot-01", atLeast: 50);
    }

    [Fact]
    public async Task Without_a_broker_it_ends_after_the_drain_and_says_so()
    {
        var (code, output, error) = await RunningCommand.RunAsync(Arguments("--count", "10", "--rate", "1000", "--drain", "300ms"));
        Assert.Equal(3, code);
        Assert.Contains("acknowledged 0", output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_of_another_authority_gets_nothing()
    {
        await _broker.StartAsync();
        Directory.CreateDirectory(_folder["stranger"]);
        var stranger = new TestAuthority(_folder["stranger"]);
        var (code, _, _) = await RunningCommand.RunAsync([.. Arguments("--count", "1", "--drain", "500ms").Select(a => a == _authority.CaFile ? stranger.CaFile : a)]);
        Assert.Equal(3, code);
        Assert.Empty(File.ReadAllText(_folder["out/robot-01.sent.jsonl"]));
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        _folder.Dispose();
    }

    private string[] Arguments(params string[] more) => Arguments("out", more);

    private string[] Arguments(string folder, string[] more)
    {
        _folder.Write("1.secret", "secret of robot-01\n");
        _folder.Write("2.secret", "secret of robot-02");
        var devices = _folder.Write("devices.json", """
            [{"key":"robot-01","serial":"R-0001","passwordFile":"1.secret"},{"key":"robot-02","serial":"R-0002","passwordFile":"2.secret"}]
            """);
        return ["watch-over-robot", "--port", $"{_broker.Port}", "--ca", _authority.CaFile, "--devices", devices, "--out", _folder[folder], .. more];
    }

    private void AssertAllAcknowledged(string robot, int atLeast)
    {
        var lines = SentLines.Of(_folder[$"out/{robot}.sent.jsonl"]);
        Assert.True(lines.Sequences("sent").Length >= atLeast, $"only {lines.Sequences("sent").Length} were sent");
        Assert.Equal(lines.Sequences("sent").Order(), lines.Sequences("acked").Order());
    }

    private string[] WithoutTimes(string folder) =>
    [
        .. SentLines.Of(_folder[$"{folder}/robot-01.sent.jsonl"])
            .Where(line => line.GetProperty("event").GetString() != "acked")
            .OrderBy(line => line.GetProperty("seq").GetInt64())
            .Select(line => $"{line.GetProperty("event")} {line.GetProperty("seq")} {(line.TryGetProperty("readings", out var readings) ? readings.GetRawText() : "")}"),
    ];

    private Task<Listener> ListenAsync() => Listener.OpenAsync(_broker.Port, TrustedAuthority.Read(_authority.CaFile));

    /// <summary>A subscriber that keeps every payload.</summary>
    private sealed class Listener : IDisposable
    {
        private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
        private readonly List<(string Robot, string Payload)> _seen = [];

        public static async Task<Listener> OpenAsync(int port, TrustedAuthority authority)
        {
            var listener = new Listener();
            listener._client.ApplicationMessageReceivedAsync += listener.TakeAsync;
            await listener._client.ConnectAsync(new MqttClientOptionsBuilder()
                .WithTcpServer("127.0.0.1", port)
                .WithCredentials("listener", "secret of listener")
                .WithTlsOptions(tls => tls.UseTls().WithTargetHost("127.0.0.1").WithCertificateValidationHandler(seen => authority.Trusts(seen.Certificate, seen.Chain, seen.SslPolicyErrors)))
                .Build());
            await listener._client.SubscribeAsync("watchover/#", MqttQualityOfServiceLevel.AtLeastOnce);
            return listener;
        }

        /// <summary>The objects of a payload; none when it is no JSON.</summary>
        public static IEnumerable<JsonElement> Records(string payload)
        {
            try
            {
                var root = JsonDocument.Parse(payload).RootElement;
                return root.ValueKind == JsonValueKind.Array ? [.. root.EnumerateArray()] : [root];
            }
            catch (JsonException)
            {
                return [];
            }
        }

        /// <summary>Waits until so many different records came.</summary>
        public async Task<JsonElement[]> RecordsAsync(string robot, int count)
        {
            for (var patience = 0; patience < 200; patience++)
            {
                JsonElement[] records = [.. Payloads(robot).Distinct().SelectMany(Records)];
                if (records.Length >= count)
                {
                    return records;
                }

                await Task.Delay(50);
            }

            throw new TimeoutException($"{robot}: {Payloads(robot).Length} payloads came");
        }

        public string[] Payloads(string robot)
        {
            lock (_seen)
            {
                return [.. _seen.Where(s => s.Robot == robot).Select(s => s.Payload)];
            }
        }

        public void Dispose() => _client.Dispose();

        private Task TakeAsync(MqttApplicationMessageReceivedEventArgs received)
        {
            lock (_seen)
            {
                _seen.Add((received.ApplicationMessage.Topic.Split('/')[1], Encoding.UTF8.GetString(received.ApplicationMessage.Payload)));
            }

            return Task.CompletedTask;
        }
    }
}
