using IoTHealth.Documents;
using IoTHealth.Edge.Alarming;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Registry;
using IoTHealth.Edge.Tests.Lines;
using IoTHealth.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace IoTHealth.Edge.Tests.Configuration;

/// <summary>What changes while the gateway runs, and that nothing else does.</summary>
public sealed class ReconfigurationTests : IAsyncLifetime
{
    private const int Records = 40;
    private const string Alarms = "alarms: { rules: rules.yaml }";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Box _box = new();
    private readonly CountingPart _touched = new();
    private MeterOnALine _meter = null!;

    public async ValueTask InitializeAsync()
    {
        _meter = new MeterOnALine(_box.Folder.File("meter"), Records);
        _meter.PlugIn();
        await _box.StartAsync(
            Box.Document(Devices("robot-01", "robot-02"), $"stations: [{Box.Station("station-1")}]\n{Alarms}"),
            services => services.AddSingleton<IReconfigurable>(_touched));
        await Eventually.HoldsAsync("the line is open", () => _box.Lines.States.GetValueOrDefault("meter-01") == "connected", Patience);
    }

    public async ValueTask DisposeAsync()
    {
        await _box.StopAsync();
        _meter.Dispose();
        await _box.DisposeAsync();
    }

    public static TheoryData<string, string, bool> Changes => new()
    {
        { "robot-02 is gone", "robot-01", true },
        { "robot-03 came", "robot-01 robot-02 robot-03", false },
        { "robot-02 has another password", "robot-01 robot-02:new", true },
        { "robot-02 is another one now", "robot-01 robot-02#S-9", true },
        { "robot-02 stands elsewhere", "robot-01 robot-02@102-B", false },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_change_reaches_its_device_and_no_other(string what, string robots, bool cutsSecond)
    {
        using var first = await _box.ConnectAsync("robot-01");
        using var second = await _box.ConnectAsync("robot-02");
        using var station = await _box.ConnectAsync("station-1");
        Assert.True(await first.PublishAsync() && await second.PublishAsync());

        Assert.True(await ApplyAsync(Box.Document(Devices(robots.Split(' ')), $"stations: [{Box.Station("station-1")}]\n{Alarms}")), what);

        await Eventually.HoldsAsync(what, () => second.Cuts == (cutsSecond ? 1 : 0), Patience);
        Assert.Equal(!cutsSecond, await second.PublishAsync());
        Assert.True(await first.PublishAsync());
        Assert.Equal((0, 0), (first.Cuts, station.Cuts));
        Assert.Equal("connected", _box.Lines.States["meter-01"]);
    }

    [Fact]
    public async Task A_removed_device_is_let_in_no_more_and_a_new_one_is()
    {
        await ApplyAsync(Box.Document(Devices("robot-01", "robot-03"), Alarms));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => _box.ConnectAsync("robot-02"));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => _box.ConnectAsync("station-1"));
        using var third = await _box.ConnectAsync("robot-03");
        Assert.True(await third.PublishAsync());
    }

    [Fact]
    public async Task A_new_password_counts_at_once_and_the_old_one_no_more()
    {
        using var before = await _box.ConnectAsync("robot-02");
        await ApplyAsync(Box.Document(Devices("robot-01", "robot-02:new"), Alarms));
        await Assert.ThrowsAsync<UnauthorizedAccessException>(() => _box.ConnectAsync("robot-02"));
        using var after = await _box.ConnectAsync("robot-02", "new");
        Assert.True(await after.PublishAsync());
    }

    [Fact]
    public async Task A_line_goes_on_in_the_middle_of_an_upload_while_others_change()
    {
        var upload = _meter.UploadAsync();
        for (var round = 0; !upload.IsCompleted; round++)
        {
            await ApplyAsync(Box.Document(Devices(round % 2 == 0 ? ["robot-01"] : ["robot-02", "robot-03"]), Alarms));
        }

        // A line that was closed in between would have lost a frame.
        Assert.Equal(Records + 2, await upload);
        Assert.True(_touched.Times > 1);
    }

    [Fact]
    public async Task A_line_is_opened_and_closed_by_itself()
    {
        using var other = new MeterOnALine(_box.Folder.File("meter-2"), 4);
        other.PlugIn();
        var more = Devices("robot-01").Append(
            $"{{ key: meter-02, profile: contour-meter, maker: Ascensia, model: Contour, serial: C-0002, place: 102-A, line: {{ path: {_box.Folder.File("meter-2")} }} }}");
        await ApplyAsync(Box.Document(more, Alarms));
        await Eventually.HoldsAsync("the new line is open", () => _box.Lines.States.GetValueOrDefault("meter-02") == "connected", Patience);
        Assert.Equal("connected", _box.Lines.States["meter-01"]);

        await ApplyAsync(Box.Document([Box.Robot("robot-01")], Alarms));
        Assert.Empty(_box.Lines.States);
    }

    [Fact]
    public async Task Rules_are_swapped_and_open_calls_stay_open()
    {
        using var robot = await _box.ConnectAsync("robot-01");
        Assert.True(await robot.PublishAsync());
        var desk = _box.App.Services.GetRequiredService<AlarmDesk>();
        await Eventually.HoldsAsync("an alarm", () => desk.List(10).Count == 1, Patience);

        _box.Write("rules.yaml", Box.Rules.Replace("key: bed-exit", "key: away", StringComparison.Ordinal));
        Assert.True(await ApplyAsync(Box.Document(Devices("robot-01", "robot-02"), $"stations: [{Box.Station("station-1")}]\n{Alarms}")));
        Assert.True(await robot.PublishAsync());
        await Eventually.HoldsAsync("an alarm of the new rule", () => desk.List(10).Any(pair => pair.Alarm.Rule == "away"), Patience);
        Assert.Null(desk.List(10).Single(pair => pair.Alarm.Rule == "bed-exit").Call.AcknowledgedBy);
        Assert.Equal(0, robot.Cuts);
    }

    [Fact]
    public async Task Stations_and_webhooks_come_and_go()
    {
        var channels = _box.App.Services.GetRequiredService<CallChannels>();
        var station = Assert.Single(channels.Current);
        await ApplyAsync(Box.Document(Devices("robot-01"), $"stations: [{Box.Station("station-1")}]\nalarms: {{ rules: rules.yaml, webhooks: [{{ url: 'https://127.0.0.1:9/x', ca: ca.pem }}] }}"));
        Assert.Equal(["mqtt", "webhook 127.0.0.1:9/x"], channels.Current.Select(channel => channel.Name).Order(StringComparer.Ordinal));
        Assert.Contains(station, channels.Current);
        await ApplyAsync(Box.Document(Devices("robot-01")));
        Assert.Empty(channels.Current);
    }

    [Fact]
    public async Task The_same_again_touches_nothing()
    {
        Assert.False(await ApplyAsync("# said otherwise\n" + Box.Document(Devices("robot-01", "robot-02"), $"stations: [{Box.Station("station-1")}]\n{Alarms}\n\n")));
        Assert.Equal(0, _touched.Times);
        Assert.True(await ApplyAsync(Box.Document(Devices("robot-01"))));
        Assert.Equal(1, _touched.Times);
    }

    [Theory]
    [InlineData("gateway: gw-01", "gateway: gw-02", "pushed:2:1: 'gateway' differs")]
    [InlineData("data: data", "data: other", "pushed:3:1: 'data' differs")]
    [InlineData("port: 0, certificate", "port: 1883, certificate", "pushed:5:1: 'mqtt' differs")]
    public async Task What_belongs_to_the_box_needs_a_restart(string text, string other, string reason)
    {
        var refusal = await Assert.ThrowsAsync<DocumentException>(() => ApplyAsync(Box.Document(Devices("robot-01")).Replace(text, other, StringComparison.Ordinal)));
        Assert.StartsWith(reason, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("needs a restart", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_a_part_fails_the_others_are_brought_back()
    {
        using var second = await _box.ConnectAsync("robot-02");
        _touched.Fails = true;
        var failure = await Assert.ThrowsAsync<IOException>(() => ApplyAsync(Box.Document(Devices("robot-01", "robot-03"))));
        Assert.Contains("CountingPart", failure.Message, StringComparison.Ordinal);
        Assert.Equal(["meter-01", "robot-01", "robot-02"], Registered());
        Assert.Equal("connected", _box.Lines.States["meter-01"]);
        Assert.Single(_box.App.Services.GetRequiredService<CallChannels>().Current);
        using var again = await _box.ConnectAsync("robot-02");
        Assert.True(await again.PublishAsync());
    }

    private IEnumerable<string> Registered() =>
        _box.App.Services.GetRequiredService<DeviceRegistry>().Devices.Select(device => device.Context.Key).Order(StringComparer.Ordinal);

    private Task<bool> ApplyAsync(string document) => _box.Running.ApplyAsync(_box.Parse(document), TestContext.Current.CancellationToken);

    // robot-02:password, robot-02#serial, robot-02@place
    private IEnumerable<string> Devices(params IEnumerable<string> robots) => robots
        .Select(robot => robot.Split(':', '#', '@') is [var key, var other]
            ? robot[key.Length] switch
            {
                ':' => Box.Robot(key, password: other),
                '#' => Box.Robot(key, serial: other),
                _ => Box.Robot(key, place: other),
            }
            : Box.Robot(robot))
        .Append(Box.Meter("meter-01", _box.Folder.File("meter")));
}
