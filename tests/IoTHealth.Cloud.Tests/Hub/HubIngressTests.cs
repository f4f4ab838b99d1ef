using System.Text;
using IoTHealth.Cloud.Hub;
using IoTHealth.Cloud.Log;
using IoTHealth.Cloud.Security;
using IoTHealth.Links.Mqtt;
using IoTHealth.Measurements;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Moq;

namespace IoTHealth.Cloud.Tests.Hub;

/// <summary>How long a session may stay that was let in.</summary>
public sealed class HubIngressTests
{
    private const string Host = "hub.iothealth.local";

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 24, 0, 0, 0, TimeSpan.Zero));
    private readonly GatewayRegistry _registry = new(Keyed(0));
    private readonly MqttSession _session = new("gw-01", null, "");
    private readonly HubIngress _ingress;

    public HubIngressTests()
    {
        var grains = new Mock<IGrainFactory>();
        grains.Setup(g => g.GetGrain<ILogShardGrain>(It.IsAny<long>(), null)).Returns(new Mock<ILogShardGrain>().Object);
        var (log, line) = (new Mock<IMeasurementLog>().Object, new Mock<IHubLine>().Object);
        var methods = new GatewayMethods(line, _clock);
        _ingress = new HubIngress(
            new HubDoor([Host], _registry, new ClientCertificates([], _clock), _clock),
            new TelemetryIntake(grains.Object, log, _clock, NullLogger<TelemetryIntake>.Instance),
            new TwinDesk(null!, log, line),
            methods,
            new ResendLoop(log, methods, _registry, TimeSpan.FromMinutes(1), _clock, NullLogger<ResendLoop>.Instance));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_ends_with_its_token()
    {
        await ConnectAsync();
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(MqttVerdict.Accepted, await PublishAsync());

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Contains("expired", Assert.IsType<MqttVerdict.Refused>(await PublishAsync()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_ends_with_its_gateways_registration()
    {
        await ConnectAsync();
        Assert.Equal(["gw-01"], _registry.Replace(new Dictionary<string, GatewayCredential>()));
        Assert.Contains("not registered", Assert.IsType<MqttVerdict.Refused>(await PublishAsync()).Reason, StringComparison.Ordinal);

        _registry.Replace(Keyed(1));
        Assert.IsType<MqttVerdict.Refused>(await PublishAsync());
    }

    [Fact]
    public async Task A_session_that_was_not_admitted_publishes_nothing() =>
        Assert.IsType<MqttVerdict.Refused>(await PublishAsync());

    [Fact]
    public async Task A_session_whose_registration_is_read_anew_and_says_the_same_stays()
    {
        await ConnectAsync();

        Assert.Empty(_registry.Replace(Keyed(0)));
        Assert.Equal(MqttVerdict.Accepted, await PublishAsync());
    }

    private static Dictionary<string, GatewayCredential> Keyed(byte value) =>
        new() { ["gw-01"] = new GatewayCredential.SharedKey(Enumerable.Repeat(value, 32).ToArray()) };

    private async Task ConnectAsync()
    {
        var expiry = _clock.GetUtcNow().AddMinutes(1).ToUnixTimeSeconds().ToString(null, null);
        var password = Encoding.UTF8.GetBytes(HubDoorTests.Token($"{Host}/devices/gw-01", expiry, new byte[32]));
        var connect = new MqttConnect("gw-01", $"{Host}/gw-01/?api-version=2020-09-30", password, "");
        Assert.Equal(MqttVerdict.Accepted, await _ingress.ConnectAsync(_session, connect, Stop));
    }

    private async Task<MqttVerdict> PublishAsync() => await _ingress.ReceiveAsync(
        _session,
        new MqttMessage(
            $"devices/gw-01/messages/events/%24.ct={Uri.EscapeDataString(WireForm.BatchContentType)}&%24.ce=br/",
            TelemetryTests.Pack("br", WireForm.Encode(Readings.HeartRates(1, 1))), 1, false, false),
        Stop);
}
