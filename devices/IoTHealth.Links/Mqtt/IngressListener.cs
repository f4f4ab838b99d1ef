using System.Collections.Concurrent;
using System.IO.Pipelines;
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
internal sealed class IngressListener(MqttIngressOptions options, IMqttIngress ingress, ILogger logger, TimeProvider time)
    : IMqttServerAdapter
{
    private readonly ConcurrentDictionary<AcknowledgingChannel, bool> _channels = new();

    private MqttServerOptions? _serverOptions;

    public Func<IMqttChannelAdapter, Task>? ClientHandler { get; set; }

    /// <summary>Whether a connected client subscribed to the topic.</summary>
    public bool IsHeard(string topic) => _channels.Keys.Any(channel => channel.Hears(topic));

    /// <summary>Whether a client of this id is connected now.</summary>
    public bool IsConnected(string clientId) => _channels.Keys.Any(channel => channel.Session?.ClientId == clientId);

    public Task StartAsync(MqttServerOptions serverOptions, IMqttNetLogger netLogger)
    {
        _serverOptions = serverOptions;
        return Task.CompletedTask;
    }

    public Task StopAsync() => Task.CompletedTask;

    public void Dispose()
    {
    }

    /// <summary>Adds the endpoint to a Kestrel that is being configured.</summary>
    public void Listen(KestrelServerOptions kestrel, X509Certificate2 certificate, X509Certificate2Collection chain)
    {
        kestrel.Limits.MaxConcurrentConnections = options.MaximumConnections;
        kestrel.Listen(options.Address, options.Port, listen =>
        {
            listen.Protocols = HttpProtocols.None;
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

    private async Task ServeAsync(ConnectionContext connection)
    {
        if (ClientHandler is not { } serve || _serverOptions is null)
        {
            return;
        }

        var guard = new PacketLengthGuard(connection.Transport.Input, options.MaximumConnectBytes);
        connection.Transport = new GuardedPipe(guard, connection.Transport.Output);
        var formatter = new MqttPacketFormatterAdapter(
            new MqttBufferWriter(_serverOptions.WriterBufferSize, _serverOptions.WriterBufferSizeMax));
        using var context = new MqttConnectionContext(formatter, connection);
        using var channel = new AcknowledgingChannel(context, connection, guard, options, ingress, logger, time);
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
