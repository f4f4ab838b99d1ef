using System.Security.Cryptography.X509Certificates;
using System.Text;
using IoTHealth.Links.Mqtt;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace IoTHealth.Devices.Tests.Links;

/// <summary>A usual client, which trusts our authority and nobody else.</summary>
public sealed class MqttNetClientTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(MqttProtocolVersion.V311)]
    [InlineData(MqttProtocolVersion.V500)]
    public async Task It_connects_publishes_and_hears(MqttProtocolVersion version)
    {
        var ingress = new ScriptedIngress
        {
            Take = ScriptedIngress.AcceptAsync,
            Admit = connect => connect.UserName == "a" && Encoding.UTF8.GetString(connect.Password.Span) == "secret"
                ? MqttVerdict.Accepted
                : MqttVerdict.Refuse("wrong"),
        };
        await using var server = await IngressServer.StartAsync(ingress: ingress);
        using var client = new MqttClientFactory().CreateMqttClient();
        var heard = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        client.ApplicationMessageReceivedAsync += message =>
        {
            heard.TrySetResult(message.ApplicationMessage.Topic);
            return Task.CompletedTask;
        };
        await client.ConnectAsync(Options(server, version), Cancellation);
        await client.SubscribeAsync("alarms/#", MqttQualityOfServiceLevel.AtLeastOnce, Cancellation);
        var result = await client.PublishStringAsync("t", "hello", MqttQualityOfServiceLevel.AtLeastOnce, cancellationToken: Cancellation);
        await server.PublishAsync("alarms/x");
        Assert.True(result.IsSuccess);
        Assert.Equal("alarms/x", await heard.Task.WaitAsync(TimeSpan.FromSeconds(10), Cancellation));
        Assert.Equal("hello", Encoding.UTF8.GetString(ingress.Messages.Single().Payload.Span));
        await client.DisconnectAsync(cancellationToken: Cancellation);
    }

    [Fact]
    public async Task Two_servers_cannot_have_one_port()
    {
        await using var server = await IngressServer.StartAsync();
        await Assert.ThrowsAsync<IOException>(() => IngressServer.StartAsync(options => options with { Port = server.EndPoint.Port }));
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_read_is_told_at_start() =>
        await Assert.ThrowsAnyAsync<Exception>(() => IngressServer.StartAsync(options => options with { KeyFile = options.CertificateFile }));

    private static MqttClientOptions Options(IngressServer server, MqttProtocolVersion version)
    {
        var authority = new X509Certificate2Collection(IngressServer.Authority);
        return new MqttClientOptionsBuilder()
            .WithTcpServer("localhost", server.EndPoint.Port)
            .WithClientId("a").WithCredentials("a", "secret").WithProtocolVersion(version)
            .WithTlsOptions(tls => tls.UseTls().WithTrustChain(authority))
            .Build();
    }
}
