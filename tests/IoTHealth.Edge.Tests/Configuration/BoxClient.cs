using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using IoTHealth.Edge.Broker;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace IoTHealth.Edge.Tests.Configuration;

/// <summary>An MQTT client of a <see cref="Box"/> that counts how often it was cut off. It never connects again by itself.</summary>
internal sealed class BoxClient : IDisposable
{
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly string _key;

    private int _sequence;
    private int _cuts;

    private BoxClient(string key)
    {
        _key = key;
        _client.DisconnectedAsync += _ => Task.FromResult(Interlocked.Increment(ref _cuts));
    }

    public int Cuts => Volatile.Read(ref _cuts);

    public bool IsConnected => _client.IsConnected;

    public static async Task<BoxClient> ConnectAsync(WebApplication app, string authority, string key, string password)
    {
        var client = new BoxClient(key);
        var trust = new X509Certificate2Collection();
        trust.ImportFromPemFile(authority);
        var answer = await client._client.ConnectAsync(
            new MqttClientOptionsBuilder()
                .WithTcpServer("127.0.0.1", app.Services.GetRequiredService<MqttBroker>().EndPoint.Port)
                .WithProtocolVersion(MqttProtocolVersion.V311)
                .WithClientId(key)
                .WithCredentials(key, password)
                .WithTlsOptions(tls => tls.UseTls().WithTargetHost("127.0.0.1").WithTrustChain(trust).WithRevocationMode(X509RevocationMode.NoCheck))
                .Build(),
            TestContext.Current.CancellationToken);
        return answer.ResultCode == MqttClientConnectResultCode.Success ? client : throw new UnauthorizedAccessException(answer.ResultCode.ToString());
    }

    /// <summary>Whether a reading is acknowledged.</summary>
    public async Task<bool> PublishAsync()
    {
        try
        {
            var answer = await _client.PublishAsync(
                new MqttApplicationMessage
                {
                    Topic = $"watchover/{_key}/readings",
                    PayloadSegment = Encoding.UTF8.GetBytes(string.Create(
                        CultureInfo.InvariantCulture, $$"""{"seq":{{++_sequence}},"ts":"{{TimeProvider.System.GetUtcNow().AddMilliseconds(_sequence):O}}","event":"bed_exit"}""")),
                    QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
                },
                TestContext.Current.CancellationToken);
            return answer.IsSuccess;
        }
        catch (Exception e) when (e is not OperationCanceledException || !TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    public void Dispose() => _client.Dispose();
}
