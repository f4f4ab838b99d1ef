using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using MQTTnet.Server;

namespace IoTHealth.Links.Mqtt;

/// <summary>
/// An embedded MQTT server (3.1.1 and 5, TLS only) that acknowledges a publish once its ingress has made it durable, and
/// closes the connection where it cannot. Clients' publishes go to the ingress and to nobody else; subscribers receive what
/// the program itself sends. QoS 2, retained messages and wills are not offered.
/// </summary>
public sealed class MqttIngressServer : IAsyncDisposable
{
    private readonly MqttIngressOptions _options;
    private readonly IMqttIngress _ingress;
    private readonly ClosingLog _log;
    private readonly MqttServer _server;
    private readonly IngressListener _listener;

    private WebApplication? _kestrel;

    public MqttIngressServer(MqttIngressOptions options, IMqttIngress ingress, ILogger logger, TimeProvider time)
    {
        (_options, _ingress, _log) = (options, ingress, new ClosingLog(logger, time));
        _listener = new IngressListener(options, ingress, _log, logger, time);
        var serverOptions = new MqttServerOptionsBuilder()
            .WithoutDefaultEndpoint()
            .WithDefaultCommunicationTimeout(options.ConnectTimeout)
            .WithMaxPendingMessagesPerClient(1_000)
            .Build();

        // It does not see publishes; the channels look after keep-alive themselves.
        serverOptions.KeepAliveOptions.MonitorInterval = TimeSpan.FromDays(1);
        _server = new MqttServer(serverOptions, [_listener], new MqttNetNullLogger());
        _server.ValidatingConnectionAsync += ValidateAsync;
        _server.InterceptingPublishAsync += KeepToOurselvesAsync;
    }

    /// <summary>Where it listens; known once it has started.</summary>
    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.None, 0);

    /// <summary>Starts listening.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The certificate or key cannot be read.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public async Task StartAsync(CancellationToken cancellation)
    {
        using var pem = X509Certificate2.CreateFromPemFile(_options.CertificateFile, _options.KeyFile);
        var certificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(_options.CertificateFile);

        // Empty: no configuration files, which would be watched, and nothing of HTTP.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => _listener.Listen(kestrel, certificate, chain));
        _kestrel = builder.Build();
        await _server.StartAsync();
        await _kestrel.StartAsync(cancellation);
        var addresses = _kestrel.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>();
        var port = addresses?.Addresses.Select(address => new Uri(address).Port).FirstOrDefault() ?? _options.Port;
        EndPoint = new IPEndPoint(_options.Address, port);
    }

    /// <summary>Sends to every client whose subscription matches, QoS 1.</summary>
    /// <returns>False when nobody who is connected has subscribed.</returns>
    public async Task<bool> PublishAsync(string topic, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        var isHeard = _listener.IsHeard(topic);
        await _server.InjectApplicationMessage(
            new InjectedMqttApplicationMessage(Message(topic, payload)) { SenderClientId = "" }, cancellation);
        return isHeard;
    }

    /// <summary>Sends to one client, whatever it subscribed to.</summary>
    /// <returns>False when it is not connected or its queue is full.</returns>
    public async Task<bool> SendAsync(string clientId, string topic, ReadOnlyMemory<byte> payload)
    {
        // The server keeps the session of a client that is gone, and would keep the message with it.
        if (!_listener.IsConnected(clientId))
        {
            return false;
        }

        var sessions = await _server.GetSessionsAsync();
        return sessions.FirstOrDefault(session => session.Id == clientId) is { } session &&
               session.TryEnqueueApplicationMessage(Message(topic, payload), out _);
    }

    /// <summary>Cuts the connection of one client. Publishes of it that still wait are not acknowledged.</summary>
    /// <returns>False when it is not connected.</returns>
    public async Task<bool> DisconnectAsync(string clientId)
    {
        if (!_listener.IsConnected(clientId))
        {
            return false;
        }

        try
        {
            await _server.DisconnectClientAsync(clientId, MqttDisconnectReasonCode.NotAuthorized);
            return true;
        }
        catch (InvalidOperationException)
        {
            // It went by itself in between.
            return false;
        }
    }

    /// <summary>Closes every connection and stops listening. Publishes that still wait are not acknowledged.</summary>
    public async Task StopAsync(CancellationToken cancellation)
    {
        if (_kestrel is not null)
        {
            await _server.StopAsync(new MqttServerStopOptions());
            await _kestrel.StopAsync(cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_kestrel is not null)
        {
            await _kestrel.DisposeAsync();
        }

        _server.Dispose();
        _listener.Dispose();
    }

    private async Task ValidateAsync(ValidatingConnectionEventArgs connect)
    {
        var channel = (AcknowledgingChannel)connect.ChannelAdapter;
        var endpoint = connect.RemoteEndPoint?.ToString() ?? "";
        var session = new MqttSession(connect.ClientId ?? "", connect.UserName, endpoint);
        var verdict = await JudgeAsync(session, connect, endpoint);
        if (verdict is MqttVerdict.Refused refused)
        {
            _log.Refused(session.ClientId, endpoint, refused.Reason);
            connect.ReasonCode = MqttConnectReasonCode.NotAuthorized;
            return;
        }

        channel.Admit(session);
    }

    private async Task<MqttVerdict> JudgeAsync(MqttSession session, ValidatingConnectionEventArgs connect, string endpoint)
    {
        try
        {
            var request = new MqttConnect(session.ClientId, connect.UserName, connect.RawPassword, endpoint) { Certificate = connect.ClientCertificate };
            return await _ingress.ConnectAsync(session, request, connect.CancellationToken);
        }
        catch (Exception e)
        {
            return MqttVerdict.Refuse($"it could not be checked: {e.Message}");
        }
    }

    // The program's own messages carry no sender; everything else is a taken publish, or a will, and goes nowhere.
    private static Task KeepToOurselvesAsync(InterceptingPublishEventArgs publish)
    {
        publish.ProcessPublish = string.IsNullOrEmpty(publish.ClientId);
        return Task.CompletedTask;
    }

    private static MqttApplicationMessage Message(string topic, ReadOnlyMemory<byte> payload) => new()
    {
        Topic = topic,
        Payload = new(payload),
        QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
    };}
