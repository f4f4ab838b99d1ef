using System.Security.Cryptography.X509Certificates;
using IoTHealth.Links.Mqtt;
using IoTHealth.Testing;
using MQTTnet;

namespace IoTHealth.Devices.Tests.Links;

/// <summary>What a client proves of itself by TLS reaches the ingress, which can also cut it.</summary>
public sealed class ClientCertificateTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, -1)]
    [InlineData(false, 1)]
    public async Task The_ingress_sees_the_certificate_where_it_asks_for_one(bool asks, int validDays)
    {
        var seen = new TaskCompletionSource<string?>();
        var ingress = new ScriptedIngress { Admit = connect => Note(seen, connect) };
        await using var server = await IngressServer.StartAsync(options => options with { AsksForCertificate = asks }, ingress);
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = IngressServer.Certificates.Client("gw-01", now.AddDays(-10), now.AddDays(validDays));
        using var client = await ConnectAsync(server, certificate);

        Assert.Equal(asks ? certificate.Thumbprint : null, await seen.Task);
    }

    [Fact]
    public async Task A_client_without_one_may_come_in_where_one_is_asked_for()
    {
        var seen = new TaskCompletionSource<string?>();
        var ingress = new ScriptedIngress { Admit = connect => Note(seen, connect) };
        await using var server = await IngressServer.StartAsync(options => options with { AsksForCertificate = true }, ingress);
        using var client = await ConnectAsync(server, null);

        Assert.Null(await seen.Task);
        Assert.True(client.IsConnected);
    }

    [Fact]
    public async Task One_client_is_cut_and_the_others_stay()
    {
        await using var server = await IngressServer.StartAsync();
        using var cut = await ConnectAsync(server, null, "cut");
        using var other = await ConnectAsync(server, null, "other");

        Assert.True(await server.DisconnectAsync("cut"));
        await Eventually.HoldsAsync("the end of the one", () => !cut.IsConnected, TimeSpan.FromSeconds(5));

        Assert.True(other.IsConnected);
        await Eventually.SeesAsync("nobody to cut", _ => server.DisconnectAsync("cut"), isCut => !isCut, TimeSpan.FromSeconds(5));
        Assert.False(await server.SendAsync("cut", "t"));
        Assert.True(await server.SendAsync("other", "t"));
    }

    private static MqttVerdict Note(TaskCompletionSource<string?> seen, MqttConnect connect)
    {
        seen.TrySetResult(connect.Certificate?.Thumbprint);
        return MqttVerdict.Accepted;
    }

    private static async Task<IMqttClient> ConnectAsync(IngressServer server, X509Certificate2? certificate, string id = "a")
    {
        var client = new MqttClientFactory().CreateMqttClient();
        var authority = new X509Certificate2Collection(IngressServer.Authority);
        await client.ConnectAsync(
            new MqttClientOptionsBuilder().WithTcpServer("localhost", server.EndPoint.Port).WithClientId(id).WithCleanSession(false)
                .WithTlsOptions(tls =>
                {
                    tls.UseTls().WithTrustChain(authority).WithRevocationMode(X509RevocationMode.NoCheck);
                    if (certificate is not null)
                    {
                        tls.WithClientCertificates([certificate]);
                    }
                })
                .Build(),
            Cancellation);
        return client;
    }
}
