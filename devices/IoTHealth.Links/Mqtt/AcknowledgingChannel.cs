using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Adapter;
using MQTTnet.AspNetCore;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IoTHealth.Links.Mqtt;

/// <summary>
/// One client's channel, between its socket and MQTTnet's server. MQTTnet awaits a handler per connection and cannot defer
/// an acknowledgement, so publishes are taken out here, handed to the ingress and acknowledged by the
/// <see cref="AcknowledgementQueue"/>; MQTTnet sees an empty QoS 0 publish now and then, which keeps its keep-alive informed.
/// </summary>
internal sealed partial class AcknowledgingChannel : IMqttChannelAdapter
{
    /// <summary>Topic of the empty publishes that MQTTnet sees instead of the real ones; never dispatched.</summary>
    public const string KeepAliveTopic = "$taken";

    private static readonly TimeSpan KeepAliveInterval = TimeSpan.FromMilliseconds(250);

    private readonly MqttConnectionContext _inner;
    private readonly ConnectionContext _connection;
    private readonly PacketLengthGuard _guard;
    private readonly MqttIngressOptions _options;
    private readonly IMqttIngress _ingress;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly AcknowledgementQueue _acknowledgements;
    private readonly TopicAliases _aliases = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly ConcurrentDictionary<string, bool> _filters = new(StringComparer.Ordinal);

    private long _lastShown;

    public AcknowledgingChannel(
        MqttConnectionContext inner, ConnectionContext connection, PacketLengthGuard guard, MqttIngressOptions options,
        IMqttIngress ingress, ILogger logger, TimeProvider time)
    {
        (_inner, _connection, _guard, _options, _ingress, _logger, _time) = (inner, connection, guard, options, ingress, logger, time);
        _acknowledgements = new AcknowledgementQueue(options.MaximumInFlight, options.MaximumInFlightBytes, options.DurableTimeout, time);
    }

    /// <summary>Whether a granted subscription of this connection matches the topic.</summary>
    public bool Hears(string topic) => Session is not null && _filters.Keys.Any(
        filter => MqttTopicFilterComparer.Compare(topic, filter) == MqttTopicFilterCompareResult.IsMatch);

    /// <summary>Set once the connection is admitted.</summary>
    public MqttSession? Session { get; private set; }

    public long BytesReceived => _inner.BytesReceived;

    public long BytesSent => _inner.BytesSent;

    public X509Certificate2 ClientCertificate => _inner.ClientCertificate;

    public EndPoint RemoteEndPoint => _inner.RemoteEndPoint;

    public EndPoint LocalEndPoint => _inner.LocalEndPoint;

    public bool IsSecureConnection => _inner.IsSecureConnection;

    public MqttPacketFormatterAdapter PacketFormatterAdapter => _inner.PacketFormatterAdapter;

    /// <summary>Lets publishes of this session through from now on.</summary>
    public void Admit(MqttSession session)
    {
        Session = session;
        _guard.LimitBytes = _options.MaximumPacketBytes;
        _ = AcknowledgeAsync(session);
    }

    /// <summary>Ends the connection: no publish that still waits is acknowledged.</summary>
    public void End()
    {
        _acknowledgements.Complete();
        _ended.Cancel();
    }

    public async Task<MqttPacket> ReceivePacketAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ReceiveAsync(cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or MqttProtocolViolationException)
        {
            LogClosed(_logger, Session?.ClientId ?? "a client not yet admitted", RemoteEndPoint?.ToString() ?? "", e.Message);
            throw;
        }
    }

    private async Task<MqttPacket> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var packet = await _inner.ReceivePacketAsync(cancellationToken);
            if (packet is MqttUnsubscribePacket unsubscribe)
            {
                unsubscribe.TopicFilters.ForEach(filter => _filters.TryRemove(filter, out _));
            }

            if (Session is not { } session || packet is not (MqttPublishPacket or MqttSubscribePacket))
            {
                return packet;
            }

            if (packet is MqttSubscribePacket subscribe)
            {
                if (await MayPassAsync(session, subscribe, cancellationToken))
                {
                    return packet;
                }
            }
            else if (packet is MqttPublishPacket publish)
            {
                await TakeAsync(session, publish, cancellationToken);
                if (_time.GetElapsedTime(_lastShown) >= KeepAliveInterval)
                {
                    _lastShown = _time.GetTimestamp();
                    return new MqttPublishPacket { Topic = KeepAliveTopic };
                }
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public Task SendPacketAsync(MqttPacket packet, CancellationToken cancellationToken)
    {
        if (packet is MqttConnAckPacket acknowledgement && PacketFormatterAdapter.ProtocolVersion == MqttProtocolVersion.V500)
        {
            acknowledgement.TopicAliasMaximum = TopicAliases.Maximum;
            acknowledgement.ReceiveMaximum = (ushort)Math.Min(_options.MaximumInFlight, ushort.MaxValue);
            acknowledgement.MaximumPacketSize = (uint)_options.MaximumPacketBytes;
            acknowledgement.MaximumQoS = MqttQualityOfServiceLevel.AtLeastOnce;
            acknowledgement.RetainAvailable = false;
        }

        return _inner.SendPacketAsync(packet, cancellationToken);
    }

    public Task ConnectAsync(CancellationToken cancellationToken) => _inner.ConnectAsync(cancellationToken);

    public Task DisconnectAsync(CancellationToken cancellationToken) => _inner.DisconnectAsync(cancellationToken);

    public void ResetStatistics() => _inner.ResetStatistics();

    public void Dispose()
    {
        End();
        _inner.Dispose();
    }

    private async Task TakeAsync(MqttSession session, MqttPublishPacket publish, CancellationToken cancellation)
    {
        if (publish.QualityOfServiceLevel == MqttQualityOfServiceLevel.ExactlyOnce)
        {
            throw new MqttProtocolViolationException("QoS 2 is not offered.");
        }

        if (!_aliases.TryResolve(publish.TopicAlias, publish.Topic, out var topic))
        {
            throw new MqttProtocolViolationException("The publish names no topic.");
        }

        if (!await _acknowledgements.HasRoomAsync(cancellation))
        {
            throw new MqttCommunicationException("The connection has ended.");
        }

        // One copy that is nobody else's.
        var message = new MqttMessage(
            topic, publish.Payload.ToArray(), (int)publish.QualityOfServiceLevel, publish.Retain, publish.Dup);
        _acknowledgements.Add(
            publish.PacketIdentifier,
            publish.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtLeastOnce,
            message.Payload.Length,
            _ingress.ReceiveAsync(session, message, _ended.Token));
    }

    private async Task AcknowledgeAsync(MqttSession session)
    {
        var ending = await _acknowledgements.RunAsync(
            (packetId, cancellation) => _inner.SendPacketAsync(new MqttPubAckPacket { PacketIdentifier = packetId }, cancellation),
            _ended.Token);
        if (ending is null)
        {
            return;
        }

        LogClosed(_logger, session.ClientId, session.Endpoint, ending.Reason);
        await SayGoodbyeAsync(ending.IsRefusal);
        await CloseAsync(ending.Reason);
    }

    // What was acknowledged before must still reach the client, so the connection is not cut while it goes by itself.
    private async Task CloseAsync(string reason)
    {
        _guard.Close();
        try
        {
            await Task.Delay(_options.ConnectTimeout, _time, _connection.ConnectionClosed);
            _connection.Abort(new ConnectionAbortedException(reason));
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // It has gone.
        }
    }

    // 'Not authorized' makes clients give up; what is our own fault must not.
    private async Task SayGoodbyeAsync(bool isRefusal)
    {
        if (PacketFormatterAdapter.ProtocolVersion != MqttProtocolVersion.V500)
        {
            return;
        }

        try
        {
            using var limit = new CancellationTokenSource(_options.ConnectTimeout, _time);
            await _inner.SendPacketAsync(
                isRefusal
                    ? new MqttDisconnectPacket { ReasonCode = MqttDisconnectReasonCode.NotAuthorized, ReasonString = "publish refused" }
                    : new MqttDisconnectPacket { ReasonCode = MqttDisconnectReasonCode.ImplementationSpecificError },
                limit.Token);
        }
        catch (Exception e)
        {
            LogNoGoodbye(_logger, e.Message);
        }
    }

    // MQTTnet answers SUBACK codes in the order of QoS, so a refused filter among granted ones could look granted:
    // a subscription with one refused filter is refused whole.
    private async Task<bool> MayPassAsync(MqttSession session, MqttSubscribePacket subscribe, CancellationToken cancellation)
    {
        var refused = subscribe.TopicFilters
            .Select(filter => _ingress.MaySubscribe(session, filter.Topic))
            .OfType<MqttVerdict.Refused>()
            .FirstOrDefault();
        if (refused is null)
        {
            subscribe.TopicFilters.ForEach(filter => _filters[filter.Topic] = true);
            return true;
        }

        LogSubscriptionRefused(_logger, session.ClientId, session.Endpoint, refused.Reason);
        var code = PacketFormatterAdapter.ProtocolVersion == MqttProtocolVersion.V500
            ? MqttSubscribeReasonCode.NotAuthorized
            : MqttSubscribeReasonCode.UnspecifiedError;
        await _inner.SendPacketAsync(
            new MqttSubAckPacket
            {
                PacketIdentifier = subscribe.PacketIdentifier,
                ReasonCodes = [.. subscribe.TopicFilters.Select(_ => code)],
            },
            cancellation);
        return false;
    }

    [LoggerMessage(LogLevel.Warning, "Closed the connection of {Client} at {Endpoint} without acknowledging: {Reason}")]
    private static partial void LogClosed(ILogger logger, string client, string endpoint, string reason);

    [LoggerMessage(LogLevel.Warning, "Refused a subscription of {Client} at {Endpoint}: {Reason}")]
    private static partial void LogSubscriptionRefused(ILogger logger, string client, string endpoint, string reason);

    [LoggerMessage(LogLevel.Debug, "Could not say goodbye: {Reason}")]
    private static partial void LogNoGoodbye(ILogger logger, string reason);
}
