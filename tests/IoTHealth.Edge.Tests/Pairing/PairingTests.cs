using System.Text;
using IoTHealth.Documents;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Management;
using IoTHealth.Edge.Pairing;
using IoTHealth.Edge.Reports;
using IoTHealth.Edge.Tests.Configuration;
using IoTHealth.Edge.Tests.Lines;
using IoTHealth.Edge.Tests.Reports;
using IoTHealth.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace IoTHealth.Edge.Tests.Pairing;

public sealed class PairingTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Box _box = new();
    private MeterOnALine _meter = null!;

    public async ValueTask InitializeAsync()
    {
        _meter = new MeterOnALine(_box.Folder.File("meter"), 2);
        _meter.PlugIn();
        await _box.StartAsync(Document());
    }

    public async ValueTask DisposeAsync()
    {
        await _box.StopAsync();
        _meter.Dispose();
        await _box.DisposeAsync();
    }

    [Fact]
    public async Task An_unknown_mqtt_user_waits_in_the_list_and_a_known_one_with_a_wrong_password_does_not()
    {
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => _box.ConnectAsync("robot-07", "secret-of-its-own"));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => _box.ConnectAsync("robot-07", "secret-of-its-own"));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => _box.ConnectAsync("robot-01", "wrong"));
        var stranger = Assert.Single(List.Current);
        Assert.Equal(("mqtt", "robot-07", 2L, "127.0.0.1"), (stranger.Link, stranger.Told, stranger.Times, stranger.Where));
        await List.StoreAsync();
        foreach (var file in Directory.GetFiles(_box.Folder.File("data"), "journal.db*"))
        {
            await using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[open.Length];
            await open.ReadExactlyAsync(bytes, TestContext.Current.CancellationToken);
            Assert.Equal(-1, bytes.AsSpan().IndexOf("secret-of-its-own"u8));
        }
    }

    [Fact]
    public async Task Another_meter_on_a_line_waits_in_the_list_with_its_bytes_in_quarantine()
    {
        await Eventually.HoldsAsync("the line is open", () => _box.Lines.States.GetValueOrDefault("meter-01") == "connected", Patience);
        await _meter.UploadAsync();
        var stranger = Assert.Single(List.Current);
        Assert.Equal(("line", "C-0001", "meter-01", "meter-01"), (stranger.Link, stranger.Told, stranger.Where, stranger.Quarantine));
        Assert.Equal(2, _box.Journal.Quarantine(10).Count);
    }

    [Fact]
    public async Task A_report_of_an_unknown_implant_waits_in_the_list_until_it_is_registered()
    {
        using var transmitter = await Transmitter.ConnectAsync(_box.App.Services.GetRequiredService<MllpListener>().EndPoint);
        await transmitter.SendAsync(Transmitter.Report(serial: "P-0042"));
        Assert.StartsWith("MSA|AE|C-1|no device of this model", await transmitter.AnswerAsync(), StringComparison.Ordinal);
        var stranger = Assert.Single(List.Current);
        Assert.Equal(("mllp", "P-0042", "Pace-DR", "mllp"), (stranger.Link, stranger.Told, stranger.Model, stranger.Quarantine));
        Assert.Contains("serial:P-0042", Encoding.UTF8.GetString(Assert.Single(_box.Journal.Quarantine(10)).Bytes.Raw.Span), StringComparison.Ordinal);

        var registered = "  - { key: pacemaker-42, profile: pacemaker, maker: IoTHealth, model: Pace-DR, serial: P-0042, place: 101-A }\n";
        await _box.Running.ApplyAsync(_box.Parse(Document() + registered), TestContext.Current.CancellationToken);
        Assert.Empty(List.Current);
        await transmitter.SendAsync(Transmitter.Report(serial: "P-0042"));
        Assert.Equal("MSA|AA|C-1", await transmitter.AnswerAsync());
    }

    [Fact]
    public async Task The_list_outlives_a_restart_and_who_was_registered_leaves_it()
    {
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => _box.ConnectAsync("robot-07"));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => _box.ConnectAsync("robot-08"));
        await _box.StopAsync();
        await _box.StartAsync(Document());
        Assert.Equal(["robot-07", "robot-08"], List.Current.Select(one => one.Told).Order(StringComparer.Ordinal));
        await _box.Running.ApplyAsync(_box.Parse(Document() + $"  - {Box.Robot("robot-07")}\n"), TestContext.Current.CancellationToken);
        Assert.Equal("robot-08", Assert.Single(List.Current).Told);
    }

    [Fact]
    public void Whoever_tries_many_names_pushes_out_nobody_who_came_twice_and_no_other_link()
    {
        List.Note("mllp", "P-9", "mllp");
        List.Note("mqtt", "robot-07", "10.0.0.7");
        List.Note("mqtt", "robot-07", "10.0.0.7");
        for (var i = 0; i < 5_000; i++)
        {
            List.Note("mqtt", $"guess-{i}\u001b[2J\n{new string('x', 500)}", "10.0.0.66");
        }

        Assert.Equal(PairingList.MaximumOfALink + 1, List.Current.Count);
        Assert.Contains(List.Current, one => one.Told == "robot-07");
        Assert.Contains(List.Current, one => one.Told == "P-9");
        Assert.All(List.Current, one => Assert.True(one.Told.Length <= 64 && !one.Told.Any(char.IsControl)));
    }

    [Fact]
    public async Task The_command_writes_the_device_into_the_file_and_the_running_gateway_lets_it_in()
    {
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => _box.ConnectAsync("robot-07"));
        await List.StoreAsync();
        var number = List.Current.Single().Number;
        var before = File.ReadAllText(_box.ConfigurationFile);
        var said = await RunAsync("pair", $"{number}", "--place", "102-B", "--profile", "watch-over-robot", "--maker", "IoTHealth", "--model", "WatchOver-1", "--serial", "R-0007");
        var password = said.Split("password (shown this once): ")[1].Trim();

        Assert.DoesNotContain(password, File.ReadAllText(_box.ConfigurationFile), StringComparison.Ordinal);
        Assert.Empty(before.Split('\n').Except(File.ReadAllText(_box.ConfigurationFile).Split('\n')));
        await Eventually.HoldsAsync("it is registered", () => List.Current.Count == 0, Patience);
        using var robot = await _box.ConnectAsync("robot-07", password);
        Assert.True(await robot.PublishAsync());
    }

    [Theory]
    [InlineData("devices: []\n", "add this by hand")]
    [InlineData("devices:\n  - { key: a, profile: pacemaker, maker: A, model: B, serial: C, place: D }\n", null)]
    [InlineData("devices:   # ours\n\n# first\n- key: a\n  profile: pacemaker\n  maker: A\n  model: B\n  serial: C\n  place: D\n", null)]
    public void A_device_is_written_where_the_list_begins_or_told_to_be_written_by_hand(string devices, string? refusal)
    {
        var text = Box.Head() + devices;
        var before = _box.Parse(text);
        var added = new DeviceSettings("new-1", "pacemaker", "日本", "M \"1\"", "S: 1", "101号室 # 窓側");
        if (refusal is not null)
        {
            Assert.Contains(refusal, Assert.Throws<DocumentException>(() => DeviceListing.With(text, before, added)).Message, StringComparison.Ordinal);
            return;
        }

        var now = EdgeConfiguration.Parse(Encoding.UTF8.GetBytes(DeviceListing.With(text, before, added)), "x", _box.ConfigurationFile);
        Assert.Equal([added, .. before.Devices], now.Devices);
    }

    private PairingList List => _box.App.Services.GetRequiredService<PairingList>();

    private async Task<string> RunAsync(params string[] command)
    {
        var output = Console.Out;
        using var said = new StringWriter();
        Console.SetOut(said);
        try
        {
            Assert.Equal(0, await EdgeCommands.RunAsync(EdgeCommands.Root(), [.. command, "--config", _box.ConfigurationFile]));
        }
        finally
        {
            Console.SetOut(output);
        }

        return said.ToString();
    }

    private string Document() =>
        $"{Box.Head()}mllp: {{ address: 127.0.0.1, port: 0 }}\ndevices:\n  - {Box.Robot("robot-01")}\n  - {Box.Meter("meter-01", _box.Folder.File("meter")).Replace("C-0001", "C-0009", StringComparison.Ordinal)}\n";
}
