using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using MQTTnet.Adapter;
using MQTTnet.AspNetCore;
using MQTTnet.Diagnostics.Logger;
using MQTTnet.Formatter;
using MQTTnet.Server;

namespace IoTHealth.Links.Mqtt;

/// <summary>Hands Kestrel's TLS connections to MQTTnet's server, each through a length guard and an acknowledging channel.</summary>
internal sealed class IngressListener(MqttIngressOptions options, IMqttIngress ingress, ClosingLog log, ILogger logger, TimeProvider time)
    : IMqttServerAdapter
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(1);
    private static readonly object Greeted = new();

    private readonly ConnectionCounts _counts = new(options.MaximumConnections, options.MaximumConnectionsPerAddress);
    private readonly ConcurrentDictionary<AcknowledgingChannel, bool> _channels = new();

    private MqttServerOptions? _serverOptions;
    private ITimer? _watch;

    public Func<IMqttChannelAdapter, Task>? ClientHandler { get; set; }

    /// <summary>Whether a connected client subscribed to the topic.</summary>
    public bool IsHeard(string topic) => _channels.Keys.Any(channel => channel.Hears(topic));

    /// <summary>Whether a client of this id is connected now.</summary>
    public bool IsConnected(string clientId) => _channels.Keys.Any(channel => channel.Session?.ClientId == clientId);

    public Task StartAsync(MqttServerOptions serverOptions, IMqttNetLogger netLogger)
    {
        _serverOptions = serverOptions;
        _watch = time.CreateTimer(_ => Watch(), null, WatchInterval, WatchInterval);
        return Task.CompletedTask;
    }

    public Task StopAsync() => Task.CompletedTask;

    public void Dispose() => _watch?.Dispose();

    /// <summary>Adds the endpoint to a Kestrel that is being configured.</summary>
    public void Listen(KestrelServerOptions kestrel, X509Certificate2 certificate, X509Certificate2Collection chain)
    {
        kestrel.Listen(options.Address, options.Port, listen =>
        {
            listen.Protocols = HttpProtocols.None;
            listen.Use(next => connection => CountAsync(next, connection));
            listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = certificate,
                ServerCertificateChain = chain,
                SslProtocols = System.Security.Authentication.SslProtocols.Tls12 | System.Security.Authentication.SslProtocols.Tls13,
                HandshakeTimeout = options.ConnectTimeout,
                ClientCertificateMode = options.AsksForCertificate ? ClientCertificateMode.AllowCertificate : ClientCertificateMode.NoCertificate,
                ClientCertificateValidation = (_, _, _) => true,
            });
            listen.Run(ServeAsync);
        });
    }

    // From the moment it is accepted, TLS or not.
    private async Task CountAsync(ConnectionDelegate next, ConnectionContext connection)
    {
        var address = (connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None;
        if (_counts.Enter(address) is { } reason)
        {
            log.Refused(address.ToString(), $"{connection.RemoteEndPoint}", reason);
            connection.Abort(new ConnectionAbortedException(reason));
            return;
        }

        try
        {
            await next(connection);
            if (!connection.Items.ContainsKey(Greeted))
            {
                log.Refused(address.ToString(), $"{connection.RemoteEndPoint}", "it did not complete the TLS handshake");
            }
        }
        finally
        {
            _counts.Leave(address);
        }
    }

    private void Watch()
    {
        foreach (var channel in _channels.Keys)
        {
            channel.CloseIfOverdue();
        }
    }

    private async Task ServeAsync(ConnectionContext connection)
    {
        connection.Items[Greeted] = true;
        if (ClientHandler is not { } serve || _serverOptions is null)
        {
            return;
        }

        var guard = new PacketLengthGuard(connection.Transport.Input, options.MaximumConnectBytes);
        connection.Transport = new GuardedPipe(guard, connection.Transport.Output);
        var formatter = new MqttPacketFormatterAdapter(
            new MqttBufferWriter(_serverOptions.WriterBufferSize, _serverOptions.WriterBufferSizeMax));
        using var context = new MqttConnectionContext(formatter, connection);
        using var channel = new AcknowledgingChannel(context, connection, guard, options, ingress, log, logger, time);
        _channels[channel] = true;
        try
        {
            await serve(channel);
        }
        finally
        {
            _channels.TryRemove(channel, out _);
        }
    }

    private sealed record GuardedPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
