using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Uplink;
using IoTHealth.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using MQTTnet.Protocol;

namespace IoTHealth.Edge.Tests.Uplink;

/// <summary>How the hub lets the gateway in by a key, refuses it, and what becomes of a session whose token ends.</summary>
public sealed class HubTransportTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TestFolder _folder = new();
    private SqliteJournal _journal = null!;

    public async ValueTask InitializeAsync()
    {
        _journal = SqliteJournal.Open(new JournalOptions { Folder = _folder.Path }, "gw-01", TimeProvider.System, Acknowledged.Create);
        await _journal.WriteAsync(Sample.Write(Sample.HeartRate(1), Sample.HeartRate(2)));
    }

    public async ValueTask DisposeAsync()
    {
        await _journal.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(MqttConnectReasonCode.NotAuthorized, "NotAuthorized", "clock")]
    [InlineData(MqttConnectReasonCode.BadUserNameOrPassword, "BadUserNameOrPassword", "clock")]
    [InlineData(MqttConnectReasonCode.ServerUnavailable, "ServerUnavailable", "")]
    [InlineData(MqttConnectReasonCode.ClientIdentifierNotValid, "ClientIdentifierNotValid", "")]
    public async Task A_refusal_is_said_and_overcome(MqttConnectReasonCode code, string told, string alsoTold)
    {
        await using var hub = new HubDouble(_folder) { Refuses = code };
        await hub.StartAsync();
        await using var clock = new RunningClock();
        using var transport = new HubTransport("gw-01", hub.Settings, TimeProvider.System);
        using var uplink = new CloudUplink(_journal, transport, clock.Time, NullLogger<CloudUplink>.Instance);
        await uplink.StartAsync(CancellationToken.None);
        var state = await Eventually.SeesAsync("refused", _ => Task.FromResult(uplink.State), seen => seen.Contains(told, StringComparison.Ordinal), Patience);
        Assert.Contains(alsoTold, state, StringComparison.Ordinal);
        hub.Refuses = null;
        await Eventually.HoldsAsync("sent", () => uplink.Behind == 0, Patience);
        await uplink.StopAsync(CancellationToken.None);
        Assert.Equal([1L, 2], hub.Positions);
    }

    [Fact]
    public async Task A_hub_that_breaks_off_gets_again_what_it_did_not_acknowledge_and_nothing_else()
    {
        var answers = new Queue<HubAnswer>([HubAnswer.Disconnect, HubAnswer.TakeAndDisconnect]);
        await using var hub = new HubDouble(_folder);
        hub.Judge = _ => answers.TryDequeue(out var answer) ? answer : HubAnswer.Acknowledge;
        await hub.StartAsync();
        using var transport = new HubTransport("gw-01", hub.Settings, TimeProvider.System);
        using var uplink = new CloudUplink(_journal, transport, TimeProvider.System, NullLogger<CloudUplink>.Instance);
        await uplink.StartAsync(CancellationToken.None);
        await Eventually.SeesAsync("sent", _ => Task.FromResult((uplink.State, uplink.Behind)), seen => seen.Behind == 0, Patience);
        await uplink.StopAsync(CancellationToken.None);
        Assert.Equal([1L, 2, 1, 2], hub.Positions);
        Assert.Equal(3, hub.Connections);
    }

    [Fact]
    public async Task A_session_that_is_lost_while_nothing_is_sent_is_noticed_and_begun_anew()
    {
        await using var hub = new HubDouble(_folder);
        await hub.StartAsync();
        using var transport = new HubTransport("gw-01", hub.Settings, TimeProvider.System);
        using var uplink = new CloudUplink(_journal, transport, TimeProvider.System, NullLogger<CloudUplink>.Instance);
        await uplink.StartAsync(CancellationToken.None);
        await Eventually.HoldsAsync("sent", () => uplink.Behind == 0, Patience);
        await hub.StopAsync();
        await Eventually.SeesAsync("noticed", _ => Task.FromResult(uplink.State), seen => seen != "connected", Patience);
        await hub.StartAsync();
        await Eventually.SeesAsync("connected again", _ => Task.FromResult(uplink.State), seen => seen == "connected", Patience);
        await uplink.StopAsync(CancellationToken.None);
        Assert.Equal([1L, 2], hub.Positions);
    }

    [Fact]
    public async Task A_token_is_renewed_before_it_ends_and_nothing_is_sent_again()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var hub = new HubDouble(_folder, time);
        await hub.StartAsync();
        using var transport = new HubTransport("gw-01", hub.Settings, time);
        using var uplink = new CloudUplink(_journal, transport, time, NullLogger<CloudUplink>.Instance);
        await uplink.StartAsync(CancellationToken.None);
        await Eventually.HoldsAsync("sent", () => uplink.Behind == 0, Patience);
        time.Advance(TimeSpan.FromMinutes(44));
        await _journal.WriteAsync(Sample.Write(Sample.HeartRate(3)));
        await Eventually.HoldsAsync("sent", () => uplink.Behind == 0, Patience);
        Assert.Equal(1, hub.Connections);
        time.Advance(TimeSpan.FromMinutes(11));
        await Eventually.HoldsAsync("connected again", () => hub.Connections == 2, Patience);
        await _journal.WriteAsync(Sample.Write(Sample.HeartRate(4)));
        await Eventually.HoldsAsync("sent", () => uplink.Behind == 0, Patience);
        await uplink.StopAsync(CancellationToken.None);
        Assert.Equal([1L, 2, 3, 4], hub.Positions);
    }

    [Fact]
    public async Task A_box_whose_clock_was_wrong_at_boot_says_so_and_connects_once_it_is_right()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var hub = new HubDouble(_folder);
        await hub.StartAsync();
        await using var clock = new RunningClock();
        using var transport = new HubTransport("gw-01", hub.Settings, time);
        using var uplink = new CloudUplink(_journal, transport, clock.Time, NullLogger<CloudUplink>.Instance);
        await uplink.StartAsync(CancellationToken.None);
        await Eventually.SeesAsync("refused", _ => Task.FromResult(uplink.State), seen => seen.Contains("clock shows 2000-01-01", StringComparison.Ordinal), Patience);
        time.AdjustTime(TimeProvider.System.GetUtcNow());
        await Eventually.SeesAsync("sent", _ => Task.FromResult((uplink.State, uplink.Behind)), seen => seen.Behind == 0, Patience);
        await uplink.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_hub_that_nobody_serves_is_said()
    {
        await using var hub = new HubDouble(_folder);
        using var transport = new HubTransport("gw-01", hub.Settings, TimeProvider.System);
        var failure = await Assert.ThrowsAsync<IOException>(() => transport.ConnectAsync(CancellationToken.None));
        Assert.Contains($"127.0.0.1:{hub.Port}", failure.Message, StringComparison.Ordinal);
        Assert.Contains("refused", failure.Message, StringComparison.Ordinal);
    }
}
