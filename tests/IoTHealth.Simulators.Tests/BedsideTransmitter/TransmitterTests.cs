using System.Globalization;
using System.Text;
using System.Text.Json;
using IoTHealth.Simulators.BedsideTransmitter;
using IoTHealth.Simulators.Tests.Support;
using MQTTnet;
using MQTTnet.Protocol;

namespace IoTHealth.Simulators.Tests.BedsideTransmitter;

/// <summary>The whole transmitter over real sockets, a real broker and a real pseudo-terminal.</summary>
public sealed class TransmitterTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public async Task Every_report_arrives_as_the_account_says_and_all_is_acknowledged()
    {
        await using var receiver = new MllpReceiver();
        var (code, output, error) = await RunAsync(receiver, "--count", "3", "--every", "10ms", "--kind", "crt-d");
        Assert.True(code == 0, error);
        Assert.StartsWith($"READY mllp=127.0.0.1:{receiver.Port}", output, StringComparison.Ordinal);
        Assert.Contains("P-0001: reports 3, ", output, StringComparison.Ordinal);
        Assert.Equal(["P-0001-1", "P-0001-2", "P-0001-3"], receiver.Messages.Select(MllpReceiver.Control));
        Assert.Equal(1, receiver.Connections);

        var measured = Events("measured");
        Assert.Equal(Enumerable.Range(1, measured.Length), measured.Select(Index));
        Assert.Equal(measured.Select(Index), Events("sent").Select(Index));
        Assert.Equal(measured.Select(Index), Events("acked").Select(Index));
        Assert.All(measured, line => Assert.Equal(("P-0001", "acknowledged"), (Text(line, "serial"), Text(line, "guarantee"))));
        Assert.Equal(measured.Length, measured.Select(line => (Text(line, "kind"), Text(line, "time"), line.GetProperty("values").GetRawText())).Distinct().Count());

        // Every number of the account stands in the message that carries its time.
        Assert.All(measured.SelectMany(Numbers), number => Assert.Contains(receiver.Messages, message => message.Contains(number, StringComparison.Ordinal)));
        Assert.All(receiver.Messages, message => Assert.Contains("^application^pdf^Base64^JVBERi0xLjQK", message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_report_is_later_than_the_one_before_also_over_a_restart_and_indices_go_on()
    {
        await using var receiver = new MllpReceiver();
        Assert.Equal(0, (await RunAsync(receiver, "--count", "4", "--every", "10ms")).Code);
        Assert.Equal(0, (await RunAsync(receiver, "--count", "2", "--every", "10ms")).Code);
        Assert.Equal(["P-0001-1", "P-0001-2", "P-0001-3", "P-0001-4", "P-0001-5", "P-0001-6"], receiver.Messages.Select(MllpReceiver.Control));
        var times = Events("measured").Where(line => Text(line, "kind") == "implant-battery").Select(line => DateTimeOffset.Parse(Text(line, "time"), CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(6, times.Length);
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.True(pair.Second > pair.First));
        Assert.All(times, time => Assert.Equal(TimeSpan.FromHours(9), time.Offset));
        var indices = Events("measured").Select(Index).ToArray();
        Assert.Equal(Enumerable.Range(1, indices.Length), indices);
    }

    [Fact]
    public async Task The_same_seed_measures_the_same()
    {
        await using var receiver = new MllpReceiver();
        await RunAsync(receiver, "--count", "3", "--every", "10ms", "--kind", "icd");
        var first = Events("measured").Select(Content).ToArray();
        File.Delete(_folder["out/P-0001.device.jsonl"]);
        await RunAsync(receiver, "--count", "3", "--every", "10ms", "--kind", "icd");
        Assert.Equal(first, Events("measured").Select(Content));
        File.Delete(_folder["out/P-0001.device.jsonl"]);
        await RunAsync(receiver, "--count", "3", "--every", "10ms", "--kind", "icd", "--seed", "2");
        Assert.NotEqual(first, Events("measured").Select(Content));

        static string Content(JsonElement line) => Text(line, "kind") + line.GetProperty("values").GetRawText();
    }

    [Theory]
    [InlineData("AE|no such device")]
    [InlineData("AR|not 2.x")]
    public async Task A_refused_report_is_told_counted_and_not_sent_again(string refusal)
    {
        await using var receiver = new MllpReceiver((_, number) => number == 2 ? refusal : "AA");
        var (code, output, _) = await RunAsync(receiver, "--count", "3", "--every", "10ms");
        Assert.Equal(3, code);
        Assert.Contains("reports refused 1, repeated 0", output, StringComparison.Ordinal);
        Assert.Equal(["P-0001-1", "P-0001-2", "P-0001-3"], receiver.Messages.Select(MllpReceiver.Control));
        var refused = Indices(2);
        Assert.NotEmpty(refused);
        Assert.Empty(refused.Except(Events("sent").Select(Index)));
        Assert.Equal(Events("measured").Select(Index).Except(refused), Events("acked").Select(Index));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(MllpReceiver.Cut)]
    public async Task Without_an_answer_the_same_message_comes_again(string? answer)
    {
        await using var receiver = new MllpReceiver((_, number) => number is 2 or 3 ? answer : "AA");
        var (code, output, error) = await RunAsync(receiver, "--count", "3", "--every", "10ms", "--answer-within", "150ms");
        Assert.True(code == 0, error);
        Assert.Contains("reports refused 0, repeated 2", output, StringComparison.Ordinal);
        Assert.Equal(["P-0001-1", "P-0001-2", "P-0001-2", "P-0001-2", "P-0001-3"], receiver.Messages.Select(MllpReceiver.Control));
        Assert.Single(receiver.Messages[1..4].Distinct());
        Assert.Equal(3, receiver.Connections);
        Assert.All(Indices(2), index => Assert.Equal((3, 1), (Events("sent").Count(line => Index(line) == index), Events("acked").Count(line => Index(line) == index))));
    }

    [Fact]
    public void An_answer_to_another_message_is_none()
    {
        Assert.Null(Answer.Read("MSH|^~\\&|\rMSA|AA|P-0001-8|\r"u8, "P-0001-7"));
        Assert.Null(Answer.Read("MSA|AA|P-0001-7|\r"u8, "P-0001-7"));
        Assert.Null(Answer.Read([], "P-0001-7"));
        Assert.Equal("no", Answer.Read("MSH#^~\\&#\rMSA#AE#P-0001-7#no\r"u8, "P-0001-7")!.Reason);
    }

    [Fact]
    public async Task A_gateway_that_comes_later_gets_everything()
    {
        var port = IoTHealth.Testing.FreePort.Take();
        await using var transmitter = Start(port, "--count", "2", "--every", "10ms");
        await transmitter.ReadyAsync();
        await IoTHealth.Testing.Eventually.HoldsAsync("a report was made", () => Events("measured").Length > 0, TimeSpan.FromSeconds(10));
        Assert.Empty(Events("sent"));
        await using var receiver = new MllpReceiver(port: port);
        Assert.Equal(0, await transmitter.EndAsync());
        Assert.Equal(["P-0001-1", "P-0001-2"], receiver.Messages.Select(MllpReceiver.Control));
    }

    [Fact]
    public async Task Without_a_gateway_it_ends_in_time_and_says_so()
    {
        var (code, output, _) = await RunningCommand.RunAsync(Arguments(IoTHealth.Testing.FreePort.Take(), "--for", "100ms", "--drain", "200ms"));
        Assert.Equal(3, code);
        Assert.Contains("acknowledged 0", output, StringComparison.Ordinal);
        Assert.NotEmpty(Events("measured"));
        Assert.Empty(Events("acked"));
    }

    [Fact]
    public async Task Chaos_costs_repeats_and_nothing_else()
    {
        await using var receiver = new MllpReceiver();
        var (code, output, error) = await RunAsync(
            receiver, "--count", "40", "--every", "1ms", "--chaos", "cut=0.2,repeat=0.2,garbage=0.3,line-feeds=0.3,set-ids=0.3,fracture-after=20");
        Assert.True(code == 0, error);
        var controls = receiver.Messages.Select(MllpReceiver.Control).ToArray();
        Assert.Equal(Enumerable.Range(1, 40).Select(n => $"P-0001-{n}"), controls.Distinct());
        Assert.InRange(controls.Length, 42, 60);
        Assert.Equal(40, receiver.Messages.Distinct().Count());
        Assert.True(receiver.Noise > 0, "no garbage came");
        Assert.DoesNotContain(" cut 0", output, StringComparison.Ordinal);
        Assert.Contains(receiver.Messages, message => !message.Contains('\r', StringComparison.Ordinal));
        Assert.Contains(receiver.Messages, message => message.Split('\r', '\n').Count(segment => segment.StartsWith("OBX|1|", StringComparison.Ordinal)) > 1);
        Assert.Equal(Events("measured").Select(Index), Events("acked").Select(Index));
        var broken = Events("measured").Where(line => Text(line, "kind") == "implant-lead-rv").Select(line => line.GetProperty("values").TryGetProperty("lead-status-rv", out _));
        Assert.Equal([.. Enumerable.Repeat(false, 20), .. Enumerable.Repeat(true, 20)], broken);
    }

    [Fact]
    public async Task Reports_vary_in_what_the_account_does_not_know()
    {
        await using var receiver = new MllpReceiver();
        var (code, _, error) = await RunAsync(receiver, "--count", "2", "--every", "3s", "--chaos", "no-offsets=1,again=1,battery-time=1");
        Assert.True(code == 0, error);
        var reports = receiver.Messages.Select(message => message.Split('\r').Select(segment => segment.Split('|')).ToArray()).ToArray();
        Assert.All(receiver.Messages, message => Assert.Equal(1, message.Split("+0900").Length - 1));
        Assert.Equal([1, 2], reports.Select(report => Fields(report, "721344").Count()));
        Assert.Equal(3, reports.SelectMany(report => Fields(report, "721344").Select(fields => fields[4])).Distinct().Count());
        var own = Fields(reports[0], "721216").Single()[5];
        Assert.NotEqual(own, Fields(reports[0], "721344").Single()[14]);
        var measured = Events("measured").First(line => Text(line, "kind") == "implant-battery");
        Assert.Equal(own, new string([.. Text(measured, "time")[..19].Where(char.IsAsciiDigit)]));

        static IEnumerable<string[]> Fields(string[][] report, string term) =>
            report.Where(fields => fields[0] == "OBX" && fields[3].StartsWith(term + "^", StringComparison.Ordinal));
    }

    [Fact]
    public async Task By_TLS_it_trusts_its_authority_and_no_other()
    {
        var authority = new TestAuthority(_folder.Path);
        await using var receiver = new MllpReceiver(authority: authority);
        Assert.Equal(0, (await RunAsync(receiver, "--count", "1", "--ca", authority.CaFile)).Code);
        using var strangers = new TestFolder();
        var stranger = new TestAuthority(strangers.Path);
        Assert.Equal(3, (await RunAsync(receiver, "--count", "1", "--ca", stranger.CaFile, "--for", "100ms", "--drain", "300ms")).Code);
        Assert.Single(receiver.Messages);
    }

    [Fact]
    public async Task Several_implants_of_a_list_each_have_their_account()
    {
        _folder.Write("implants.json", """[{"serial":"P-0001","model":"Pace-DR"},{"serial":"P-0002","model":"Defi-1","kind":"icd"},{"serial":"P-0003","model":"Resync-1","kind":"crt-d"}]""");
        await using var receiver = new MllpReceiver();
        var (code, _, error) = await RunAsync(receiver, "--count", "2", "--every", "10ms", "--devices", _folder["implants.json"]);
        Assert.True(code == 0, error);
        Assert.Equal(6, receiver.Messages.Length);
        Assert.Equal(2, receiver.Messages.Count(message => message.Contains("|model:Defi-1/serial:P-0002^", StringComparison.Ordinal)));
        Assert.All(new[] { "P-0001", "P-0002", "P-0003" }, serial => Assert.Equal(2, Events("measured", serial).Count(line => Text(line, "kind") == "implant-battery")));
    }

    [Fact]
    public async Task By_MQTT_the_bare_message_is_the_payload_and_PUBACK_the_answer()
    {
        var authority = new TestAuthority(_folder.Path);
        await using var broker = new Mosquitto(_folder, authority, "pacemaker-01", "listener");
        await broker.StartAsync();
        _folder.Write("secret", "secret of pacemaker-01\n");
        _folder.Write("implants.json", """[{"serial":"P-0001","model":"Pace-DR","key":"pacemaker-01","passwordFile":"secret"}]""");
        using var listener = new MqttClientFactory().CreateMqttClient();
        var heard = new System.Collections.Concurrent.ConcurrentQueue<(string Topic, string Message)>();
        listener.ApplicationMessageReceivedAsync += arrived =>
        {
            heard.Enqueue((arrived.ApplicationMessage.Topic, Encoding.UTF8.GetString(arrived.ApplicationMessage.Payload)));
            return Task.CompletedTask;
        };
        await listener.ConnectAsync(new MqttClientOptionsBuilder()
            .WithTcpServer("127.0.0.1", broker.Port).WithCredentials("listener", "secret of listener")
            .WithTlsOptions(tls => tls.UseTls().WithCertificateValidationHandler(_ => true)).Build());
        await listener.SubscribeAsync("pacemaker/#", MqttQualityOfServiceLevel.AtLeastOnce);

        var (code, _, error) = await RunningCommand.RunAsync(
            "bedside-transmitter", "--mqtt", $"127.0.0.1:{broker.Port}", "--ca", authority.CaFile, "--devices", _folder["implants.json"], "--out", _folder["out"], "--count", "3", "--every", "10ms");
        Assert.True(code == 0, error);
        await IoTHealth.Testing.Eventually.HoldsAsync("three reports", () => heard.Count == 3, TimeSpan.FromSeconds(10));
        Assert.All(heard, one => Assert.Equal("pacemaker/pacemaker-01/reports", one.Topic));
        Assert.Equal(["P-0001-1", "P-0001-2", "P-0001-3"], heard.Select(one => MllpReceiver.Control(one.Message)));
        Assert.All(heard, one => Assert.StartsWith(@"MSH|^~\&|", one.Message, StringComparison.Ordinal));
        Assert.Equal(Events("measured").Select(Index), Events("acked").Select(Index));
    }

    [Fact]
    public async Task Over_a_serial_line_a_host_answers_and_a_pulled_plug_brings_the_message_again()
    {
        await using var transmitter = RunningCommand.Start(
            "bedside-transmitter", "--line", _folder["line"], "--out", _folder["out"], "--count", "4", "--every", "10ms", "--answer-within", "500ms", "--chaos", "cut=0.7", "--seed", "4");
        Assert.Equal(_folder["line"], await transmitter.ReadyAsync());
        await using var host = new LineHost(_folder["line"]);
        Assert.True(await transmitter.EndAsync() == 0, transmitter.Error);
        Assert.Equal(["P-0001-1", "P-0001-2", "P-0001-3", "P-0001-4"], host.Controls.Distinct());
        Assert.DoesNotContain(" cut 0", transmitter.Output, StringComparison.Ordinal);
        Assert.Equal(Events("measured").Select(Index), Events("acked").Select(Index));
    }

    [Theory]
    [InlineData("", "--mllp")]
    [InlineData("--mllp nowhere", "not HOST:PORT")]
    [InlineData("--mllp 127.0.0.1:1 --line x", "One of")]
    [InlineData("--mqtt 127.0.0.1:1", "--ca")]
    [InlineData("--mllp 127.0.0.1:1 --kind vvi", "ddd, icd or crt-d")]
    [InlineData("--mllp 127.0.0.1:1 --serial a/b", "a/b")]
    [InlineData("--mllp 127.0.0.1:1 --chaos cut=2", "cut=2")]
    [InlineData("--mllp 127.0.0.1:1 --chaos eat=1", "eat=1")]
    [InlineData("--mllp 127.0.0.1:1 --devices /nowhere", "/nowhere")]
    public async Task Bad_usage_is_2_and_says_what(string options, string said)
    {
        var (code, _, error) = await RunningCommand.RunAsync(["bedside-transmitter", "--out", _folder["out"], .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.Equal(2, code);
        Assert.Contains(said, error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static string Text(JsonElement line, string name) => line.GetProperty(name).GetString()!;

    private static int Index(JsonElement line) => line.GetProperty("index").GetInt32();

    private static IEnumerable<string> Numbers(JsonElement measured) => measured.GetProperty("values").EnumerateObject()
        .Where(sign => sign.Value.GetString()!.Contains(' ', StringComparison.Ordinal))
        .Select(sign => sign.Value.GetString()!.Split(' ') is [var number, var unit] ? $"|{number}|{(unit == "1" ? "" : unit)}|||||F" : "");

    private JsonElement[] Events(string what, string serial = "P-0001") =>
        [.. SentLines.Of(_folder[$"out/{serial}.device.jsonl"]).Where(line => Text(line, "event") == what)];

    /// <summary>The measurements of one report.</summary>
    private int[] Indices(int report)
    {
        var batteries = Events("measured").Where(line => Text(line, "kind") == "implant-battery").Select(Index).ToArray();

        // The device's act stands before the battery's.
        var (first, next) = (batteries[report - 1] - 1, report < batteries.Length ? batteries[report] - 1 : int.MaxValue);
        return [.. Events("measured").Select(Index).Where(index => index >= first && index < next)];
    }

    private Task<(int Code, string Output, string Error)> RunAsync(MllpReceiver receiver, params string[] more) => RunningCommand.RunAsync(Arguments(receiver.Port, more));

    private RunningCommand Start(int port, params string[] more) => RunningCommand.Start(Arguments(port, more));

    private string[] Arguments(int port, params string[] more) => ["bedside-transmitter", "--mllp", $"127.0.0.1:{port}", "--out", _folder["out"], .. more];
}
