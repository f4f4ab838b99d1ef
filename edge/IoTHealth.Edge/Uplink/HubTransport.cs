using System.Globalization;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Management.Tracing;
using IoTHealth.Measurements;
using MQTTnet;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace IoTHealth.Edge.Uplink;

/// <summary>
/// Azure IoT Hub's MQTT device protocol (MQTT 3.1.1 over TLS), to the hub itself or by edgeHub. Every await is bounded: a frozen
/// hub must not freeze the uplink.
/// </summary>
public sealed class HubTransport : IUplinkTransport, IDisposable
{
    /// <summary>How long the hub may take to answer anything.</summary>
    internal static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    // The default of 8,192 stalls 44 ms for each large message.
    private const int SocketBufferBytes = 256 * 1024;

    // A large message may take its time on a slow line, and the next one will be smaller.
    private const int SlowestBytesPerSecond = 16 * 1024;

    private readonly UplinkSettings _settings;
    private readonly TimeProvider _time;
    private readonly IHubCredential _credential;
    private readonly IMqttClient _client = new MqttClientFactory().CreateMqttClient();
    private readonly HubSession _session;

    private TaskCompletionSource _lost = new();
    private HubPass? _pass;
    private long _messages;

    /// <exception cref="IOException">What is to let us in cannot be used.</exception>
    public HubTransport(string gateway, UplinkSettings settings, TimeProvider time)
    {
        (_settings, _time) = (settings, time);
        _credential = HubCredential.Of(gateway, settings, time);
        _session = new HubSession(_client, time);

        // It comes late: after the end of one session the next may have begun.
        _client.DisconnectedAsync += _ => Task.FromResult(!_client.IsConnected && _lost.TrySetResult());
    }

    /// <summary>Twin and direct methods in this transport's session.</summary>
    public IHubSession Session => _session;

    public async Task ConnectAsync(CancellationToken cancellation)
    {
        using var limit = Limit(AnswerTimeout, cancellation);
        try
        {
            _pass = await _credential.PassAsync(limit.Token).WaitAsync(AnswerTimeout, _time, cancellation);
            var result = await _client.ConnectAsync(Options(_pass), limit.Token).WaitAsync(AnswerTimeout, _time, cancellation);
            Check(result.ResultCode);
        }
        catch (Exception e) when (e is not HubRefusalException && !cancellation.IsCancellationRequested)
        {
            throw Explained(e);
        }

        _lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await _session.BeginAsync(cancellation);
        if (!_client.IsConnected)
        {
            throw new IOException("the hub closed the connection at once");
        }
    }

    public async Task SendAsync(PackedBatch batch, CancellationToken cancellation)
    {
        var number = Interlocked.Increment(ref _messages).ToString(CultureInfo.InvariantCulture);
        var properties = $"%24.mid={number}&%24.ct={Uri.EscapeDataString(WireForm.BatchContentType)}&%24.ce=br" +
            (GatewayTrace.Parent is { } parent ? $"&traceparent={Uri.EscapeDataString(parent)}" : "");
        var message = new MqttApplicationMessageBuilder()
            .WithTopic($"{_credential.Identity.Events}{properties}/")
            .WithPayload(batch.Body)
            .WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce)
            .Build();
        var timeout = AnswerTimeout + TimeSpan.FromSeconds((double)batch.Body.Length / SlowestBytesPerSecond);
        using var limit = Limit(timeout, cancellation);
        var result = await _client.PublishAsync(message, limit.Token).WaitAsync(timeout, _time, cancellation);
        if (!result.IsSuccess)
        {
            throw new IOException($"the hub answers {result.ReasonCode}");
        }
    }

    public async Task RenewalAsync(CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var lost = _lost.Task;
        var ended = await Task.WhenAny(_credential.RenewalAsync(_pass!, over.Token), lost);
        await over.CancelAsync();
        if (ended == lost)
        {
            throw new IOException("the connection to the hub was lost");
        }

        await ended;
    }

    public async Task DisconnectAsync()
    {
        if (_client.IsConnected)
        {
            await _client.DisconnectAsync(new MqttClientDisconnectOptions()).WaitAsync(AnswerTimeout, _time);
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        (_credential as IDisposable)?.Dispose();
    }

    internal static CancellationTokenSource Limit(CancellationToken cancellation) => Limit(AnswerTimeout, cancellation);

    private static CancellationTokenSource Limit(TimeSpan timeout, CancellationToken cancellation)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        return limit;
    }

    private MqttClientOptions Options(HubPass pass)
    {
        var identity = _credential.Identity;
        var options = new MqttClientOptionsBuilder()
            .WithProtocolVersion(MqttProtocolVersion.V311)
            .WithTcpServer(_settings.Host, _settings.Port)
            .WithTlsOptions(tls =>
            {
                // edgeHub shows a certificate of its own name.
                tls.WithTargetHost(_settings.Workload is null ? _settings.HubHost : _settings.Host)
                    .WithTrustChain(pass.Trust).WithRevocationMode(X509RevocationMode.NoCheck);
                if (pass.Certificate is { } certificate)
                {
                    tls.WithClientCertificates(new X509Certificate2Collection(certificate));
                }
            })
            .WithClientId(identity.ClientId)
            .WithCredentials(identity.UserName, pass.Password)
            .WithKeepAlivePeriod(TimeSpan.FromSeconds(30))
            .WithTimeout(AnswerTimeout)
            .WithCleanSession(false)
            .Build();
        ((MqttClientTcpOptions)options.ChannelOptions).BufferSize = SocketBufferBytes;
        return options;
    }

    private void Check(MqttClientConnectResultCode code)
    {
        if (code != MqttClientConnectResultCode.Success)
        {
            throw new HubRefusalException($"the hub refuses the connection: {code}{ClockRemark()}{CertificateRemark()}");
        }
    }

    // The innermost says what happened.
    private IOException Explained(Exception e)
    {
        var reason = e.GetBaseException().Message;
        var text = e is OperationCanceledException or TimeoutException
            ? $"{_settings.Host}:{_settings.Port} does not answer within {AnswerTimeout.TotalSeconds:0} s"
            : $"{_settings.Host}:{_settings.Port}: {reason}";
        var remark = reason.Contains("NotTimeValid", StringComparison.Ordinal) ? ClockRemark() : "";
        return e.GetBaseException() is AuthenticationException
            ? new HubRefusalException(text + remark + CertificateRemark())
            : new IOException(text + CertificateRemark(), e);
    }

    private string ClockRemark() => $" (the box's clock shows {_time.GetUtcNow():yyyy-MM-dd HH:mm}Z; a wrong clock makes a wrong credential)";

    private string CertificateRemark() => _pass?.Certificate is { } certificate && certificate.NotAfter.ToUniversalTime() < _time.GetUtcNow().UtcDateTime
        ? $" (our certificate expired on {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd})"
        : "";
}
