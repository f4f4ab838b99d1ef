using System.Globalization;
using IoTHealth.Edge.Configuration;
using IoTHealth.Measurements;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace IoTHealth.Edge.Uplink;

/// <summary>
/// Azure IoT Hub's MQTT device protocol (MQTT 3.1.1 over TLS, SAS token). Every await is bounded: a frozen hub must not
/// freeze the uplink.
/// </summary>
public sealed class HubTransport : IUplinkTransport, IDisposable
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(1);

    /// <summary>How long the hub may take to answer anything.</summary>
    internal static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    // The default of 8,192 stalls 44 ms for each large message.
    private const int SocketBufferBytes = 256 * 1024;

    private readonly string _gateway;
    private readonly UplinkSettings _settings;
    private readonly TimeProvider _time;
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly byte[] _key;
    private readonly HubSession _session;

    private long _messages;

    public HubTransport(string gateway, UplinkSettings settings, TimeProvider time)
    {
        (_gateway, _settings, _time) = (gateway, settings, time);
        _key = ReadKey(settings.KeyFile);
        _session = new HubSession(_client, time);
    }

    /// <summary>Twin and direct methods in this transport's session.</summary>
    public IHubSession Session => _session;

    public async Task ConnectAsync(CancellationToken cancellation)
    {
        var token = SasToken.Create(_settings.HubHost, _gateway, _key, _time.GetUtcNow() + TokenLifetime);
        var options = new MqttClientOptionsBuilder()
            .WithProtocolVersion(MqttProtocolVersion.V311)
            .WithTcpServer(_settings.Host, _settings.Port)
            .WithTlsOptions(tls => tls.WithTargetHost(_settings.HubHost).WithTrustChain(TrustedHttp.Policy(_settings.Ca).CustomTrustStore)
                .WithRevocationMode(System.Security.Cryptography.X509Certificates.X509RevocationMode.NoCheck))
            .WithClientId(_gateway)
            .WithCredentials($"{_settings.HubHost}/{_gateway}/?api-version=2020-09-30", token)
            .WithKeepAlivePeriod(TimeSpan.FromSeconds(30))
            .WithTimeout(AnswerTimeout)
            .WithCleanSession(false)
            .Build();
        ((MqttClientTcpOptions)options.ChannelOptions).BufferSize = SocketBufferBytes;
        using var limit = Limit(cancellation);
        var result = await _client.ConnectAsync(options, limit.Token).WaitAsync(AnswerTimeout, _time, cancellation);
        if (result.ResultCode != MqttClientConnectResultCode.Success)
        {
            throw new IOException($"the hub refuses the connection: {result.ResultCode}");
        }

        await _session.BeginAsync(cancellation);
    }

    public async Task SendAsync(PackedBatch batch, CancellationToken cancellation)
    {
        var number = Interlocked.Increment(ref _messages).ToString(CultureInfo.InvariantCulture);
        var properties = $"%24.mid={number}&%24.ct={Uri.EscapeDataString(WireForm.BatchContentType)}&%24.ce=br";
        var message = new MqttApplicationMessageBuilder()
            .WithTopic($"devices/{_gateway}/messages/events/{properties}/")
            .WithPayload(batch.Body)
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .Build();
        using var limit = Limit(cancellation);
        var result = await _client.PublishAsync(message, limit.Token).WaitAsync(AnswerTimeout, _time, cancellation);
        if (!result.IsSuccess)
        {
            throw new IOException($"the hub answers {result.ReasonCode}");
        }
    }

    public async Task DisconnectAsync()
    {
        if (_client.IsConnected)
        {
            await _client.DisconnectAsync(new MqttClientDisconnectOptions()).WaitAsync(AnswerTimeout, _time);
        }
    }

    public void Dispose() => _client.Dispose();

    internal static CancellationTokenSource Limit(CancellationToken cancellation)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(AnswerTimeout);
        return limit;
    }

    private static byte[] ReadKey(string path)
    {
        try
        {
            return Convert.FromBase64String(SecretFile.ReadText(path));
        }
        catch (FormatException)
        {
            throw new IOException($"{path}: the key is not Base64");
        }
    }
}
