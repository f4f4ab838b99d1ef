using System.Security.Cryptography.X509Certificates;
using System.Text;
using IoTHealth.Cloud.Tests.Hub;
using IoTHealth.Measurements;
using MQTTnet;
using MQTTnet.Protocol;

namespace IoTHealth.Cloud.Tests;

/// <summary>A gateway's MQTT client, as the seam describes it.</summary>
internal sealed class Gateway : IAsyncDisposable
{
    public const string HubHost = "hub.iothealth.local";

    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();

    public event Action<string, string>? Received;

    public bool IsConnected => _client.IsConnected;

    /// <summary>Connects with a token.</summary>
    public static Task<Gateway> ConnectAsync(string id, byte[] key, System.Net.IPEndPoint hub, string authorityFile)
    {
        var expiry = TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds().ToString(null, null);
        return ConnectAsync(id, HubDoorTests.Token($"{HubHost}/devices/{id}", expiry, key), null, hub, authorityFile);
    }

    /// <summary>Connects with a certificate.</summary>
    public static Task<Gateway> ConnectAsync(string id, X509Certificate2 certificate, System.Net.IPEndPoint hub, string authorityFile) =>
        ConnectAsync(id, "", certificate, hub, authorityFile);

    private static async Task<Gateway> ConnectAsync(
        string id, string password, X509Certificate2? certificate, System.Net.IPEndPoint hub, string authorityFile)
    {
        var gateway = new Gateway();
        gateway._client.ApplicationMessageReceivedAsync += message =>
        {
            gateway.Received?.Invoke(message.ApplicationMessage.Topic, message.ApplicationMessage.ConvertPayloadToString() ?? "");
            return Task.CompletedTask;
        };
        var authority = new X509Certificate2Collection();
        authority.ImportFromPemFile(authorityFile);
        var options = new MqttClientOptionsBuilder()
            .WithTcpServer(hub.Address.ToString(), hub.Port).WithClientId(id).WithTimeout(TimeSpan.FromSeconds(10))
            .WithCredentials($"{HubHost}/{id}/?api-version=2020-09-30", password)
            .WithTlsOptions(tls =>
            {
                tls.UseTls().WithTrustChain(authority).WithRevocationMode(X509RevocationMode.NoCheck);
                if (certificate is not null)
                {
                    tls.WithClientCertificates([certificate]);
                }
            })
            .Build();
        var result = await gateway._client.ConnectAsync(options);
        return result.ResultCode == MqttClientConnectResultCode.Success ? gateway : throw new UnauthorizedAccessException(result.ResultCode.ToString());
    }

    /// <summary>Returns when the hub has acknowledged.</summary>
    public Task PublishAsync(EntryBatch batch, string id = "gw-01") => PublishAsync(
        $"devices/{id}/messages/events/%24.mid=1&%24.ct={Uri.EscapeDataString(WireForm.BatchContentType)}&%24.ce=br/",
        TelemetryTests.Pack("br", WireForm.Encode(batch)));

    public Task PublishAsync(string topic, byte[] payload) => _client.PublishAsync(new MqttApplicationMessageBuilder()
        .WithTopic(topic).WithPayload(payload).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce).Build());

    public Task SubscribeAsync(string filter) => _client.SubscribeAsync(filter, MqttQualityOfServiceLevel.AtLeastOnce);

    /// <summary>Sends a twin request and answers the topic and body that come back.</summary>
    public async Task<(string Topic, string Body)> AskTwinAsync(string topic, string body = "")
    {
        var answer = new TaskCompletionSource<(string, string)>(TaskCreationOptions.RunContinuationsAsynchronously);
        Received += (received, text) => answer.TrySetResult((received, text));
        await PublishAsync(topic, Encoding.UTF8.GetBytes(body));
        return await answer.Task.WaitAsync(TimeSpan.FromSeconds(5));
    }

    /// <summary>Answers every call of a method as the test says.</summary>
    public Task AnswerAsync(string method, Func<string, (int Status, string Body)> answer)
    {
        Received += (topic, body) => _ = RespondAsync(topic, body);
        return SubscribeAsync("$iothub/methods/POST/#");

        async Task RespondAsync(string topic, string body)
        {
            var prefix = $"$iothub/methods/POST/{method}/";
            if (topic.StartsWith(prefix, StringComparison.Ordinal))
            {
                var (status, text) = answer(body);
                await PublishAsync($"$iothub/methods/res/{status}/{topic[prefix.Length..]}", Encoding.UTF8.GetBytes(text));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_client.IsConnected)
        {
            await _client.DisconnectAsync();
        }

        _client.Dispose();
    }
}
