using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
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
/// <see cref="AcknowledgementQueue"/>; MQTTnet sees all other packets. What it therefore cannot know, we look after ourselves: keep-alive
/// and the other bounds of <see cref="OverdueWatch"/>.
/// </summary>
internal sealed partial class AcknowledgingChannel : IMqttChannelAdapter
{
    /// <summary>What a packet that MQTTnet read counts as, bytes; they are short.</summary>
    private const int ControlPacketBytes = 32;

    /// <summary>Publishes handed on together. Those behind them on the connection wait no longer for that: they came together.</summary>
    private const int TogetherMaximum = 64;

    private const double KeepAliveTimes = 1.5;

    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(5);

    private readonly MqttConnectionContext _inner;
    private readonly ConnectionContext _connection;
    private readonly PacketLengthGuard _guard;
    private readonly MqttIngressOptions _options;
    private readonly IMqttIngress _ingress;
    private readonly ClosingLog _log;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly PacketWriter _writer;
    private readonly PublishPacket _publish;
    private readonly RateLimit _rate;
    private readonly Subscriptions _subscriptions;
    private readonly AcknowledgementQueue _acknowledgements;
    private readonly PublishBatch _batch;
    private readonly TopicAliases _aliases = new();
    private readonly CancellationTokenSource _ended = new();

    private OverdueWatch? _watch;
    private TimeSpan _silenceMaximum;
    private long _packets;
    private volatile bool _isHeldUp;

    public AcknowledgingChannel(
        MqttConnectionContext inner, ConnectionContext connection, PacketLengthGuard guard, MqttIngressOptions options,
        IMqttIngress ingress, ClosingLog log, ILogger logger, TimeProvider time)
    {
        (_inner, _connection, _guard, _options, _ingress, _log, _logger, _time) = (inner, connection, guard, options, ingress, log, logger, time);
        _writer = new PacketWriter(connection.Transport.Output, time);
        _publish = new PublishPacket(options.MaximumTopicBytes);
        _batch = new PublishBatch(ingress is IMqttBatchIngress ? TogetherMaximum : 1);
        _rate = new RateLimit(options.PacketsPerSecond, options.BytesPerSecond, options.Burst, time);
        _subscriptions = new Subscriptions(options, ingress);
        _acknowledgements = new AcknowledgementQueue(options.MaximumInFlight, options.MaximumInFlightBytes, options.DurableTimeout, time);
    }

    /// <summary>Whether a granted subscription of this connection matches the topic.</summary>
    public bool Hears(string topic) => Session is not null && _subscriptions.Hear(topic);

    /// <summary>Set once the connection is admitted.</summary>
    public MqttSession? Session { get; private set; }

    public long BytesReceived => _inner.BytesReceived;

    public long BytesSent => _inner.BytesSent;

    public X509Certificate2 ClientCertificate => _inner.ClientCertificate;

    public EndPoint RemoteEndPoint => _inner.RemoteEndPoint;

    public EndPoint LocalEndPoint => _inner.LocalEndPoint;

    public bool IsSecureConnection => _inner.IsSecureConnection;

    public MqttPacketFormatterAdapter PacketFormatterAdapter => _inner.PacketFormatterAdapter;

    // Who was not admitted is known by its address only.
    private string Stranger => (RemoteEndPoint as IPEndPoint)?.Address.ToString() ?? "a client not yet admitted";

    // MQTTnet's decoder is needed where a publish may have properties.
    private bool IsPlain => PacketFormatterAdapter.ProtocolVersion is MqttProtocolVersion.V311 or MqttProtocolVersion.V310;

    /// <summary>Lets publishes of this session through from now on.</summary>
    public void Admit(MqttSession session)
    {
        _guard.LimitBytes = _options.MaximumPacketBytes;
        _watch = new OverdueWatch(_options, _silenceMaximum, _time);
        Session = session;
        _ = AcknowledgeAsync(session);
    }

    /// <summary>Ends the connection: no publish that still waits is acknowledged.</summary>
    public void End()
    {
        _acknowledgements.Complete();
        _ended.Cancel();
    }

    /// <summary>Puts the client out where it has been silent, dripping or deaf for too long. Called about once a second.</summary>
    public void CloseIfOverdue()
    {
        if (Session is not { } session || _ended.IsCancellationRequested ||
            _watch?.Mistake(Interlocked.Read(ref _packets), _guard.IsWithinPacket, _isHeldUp, _writer.Stalled) is not { } mistake)
        {
            return;
        }

        _log.PutOut(session.ClientId, session.Endpoint, mistake);
        End();
        _connection.Abort(new ConnectionAbortedException(mistake));
    }

    public async Task<MqttPacket> ReceivePacketAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await ReceiveAsync(cancellationToken);
        }
        catch (Exception e) when (e is InvalidDataException or MqttProtocolViolationException)
        {
            _log.Closed(Session?.ClientId ?? Stranger, $"{RemoteEndPoint}", e.Message);
            throw;
        }
        catch (OperationCanceledException) when (Session is null && !_connection.ConnectionClosed.IsCancellationRequested)
        {
            _log.Refused(Stranger, $"{RemoteEndPoint}", $"it sent no CONNECT within {_options.ConnectTimeout.TotalSeconds:0.#} s");
            throw;
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

        return _writer.InTurnAsync(() => _inner.SendPacketAsync(packet, cancellationToken), cancellationToken);
    }

    public Task ConnectAsync(CancellationToken cancellationToken) => _inner.ConnectAsync(cancellationToken);

    public Task DisconnectAsync(CancellationToken cancellationToken) => _inner.DisconnectAsync(cancellationToken);

    public void ResetStatistics() => _inner.ResetStatistics();

    public void Dispose()
    {
        End();
        _inner.Dispose();
        _writer.Dispose();
    }

    private async Task<MqttPacket> ReceiveAsync(CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Session is { } admitted && IsPlain)
            {
                await TakePublishesAsync(admitted, cancellation);
            }

            var packet = await _inner.ReceivePacketAsync(cancellation);
            if (packet is MqttConnectPacket connect)
            {
                _silenceMaximum = connect.KeepAlivePeriod == 0 ? _options.SilenceMaximum : TimeSpan.FromSeconds(connect.KeepAlivePeriod * KeepAliveTimes);
            }

            if (Session is not { } session || packet is null)
            {
                return packet!;
            }

            if (!await TakeAsync(session, packet, cancellation))
            {
                return packet;
            }
        }
    }

    /// <summary>Takes publishes as long as they are what comes next.</summary>
    private async ValueTask TakePublishesAsync(MqttSession session, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await _guard.ReadAsync(cancellation);
            var (bytes, next) = (read.Buffer, NextPacket.Partial);
            try
            {
                while ((next = _publish.Read(bytes, _options.MaximumPacketBytes)) == NextPacket.Publish)
                {
                    if (!_batch.Fits(_publish.Message, _acknowledgements.Room))
                    {
                        await HandOnAsync(session, cancellation);
                    }

                    _batch.Add(_publish.Message, _publish.Identifier, _publish.Length);
                    bytes = bytes.Slice(_publish.Length);
                }
            }
            finally
            {
                // Also what came before a packet that breaks the rules.
                await HandOnAsync(session, cancellation);
            }

            // What is not whole must grow before it is looked at again; what is for MQTTnet it shall find unread.
            _guard.AdvanceTo(bytes.Start, next == NextPacket.Other ? bytes.Start : bytes.End);
            if (next == NextPacket.Other || read.IsCompleted || read.IsCanceled)
            {
                return;
            }
        }
    }

    private async ValueTask HandOnAsync(MqttSession session, CancellationToken cancellation)
    {
        if (_batch.Count == 0)
        {
            return;
        }

        await WaitForRoomAsync(cancellation);
        var (count, payload, packets) = (_batch.Count, _batch.PayloadBytes, _batch.PacketBytes);
        var (messages, identifiers) = _batch.Take();
        var outcome = _ingress is IMqttBatchIngress together && count > 1
            ? together.ReceiveTogetherAsync(session, messages, _ended.Token)
            : _ingress.ReceiveAsync(session, messages[0], _ended.Token);
        _acknowledgements.Add(identifiers, count, payload, outcome);
        await CountAsync(count, packets, cancellation);
    }

    // False for what is MQTTnet's.
    private async ValueTask<bool> TakeAsync(MqttSession session, MqttPacket packet, CancellationToken cancellation)
    {
        switch (packet)
        {
            case MqttPublishPacket publish:
                var message = Message(publish);
                await TakeAsync(session, message, publish.PacketIdentifier, ControlPacketBytes + message.Topic.Length + message.Payload.Length, cancellation);
                return true;
            case MqttSubscribePacket subscribe when _subscriptions.Add(session, subscribe) is { } reason:
                await RefuseAsync(session, subscribe, reason, cancellation);
                return true;
            case MqttUnsubscribePacket unsubscribe:
                _subscriptions.Remove(unsubscribe);
                break;
        }

        await CountAsync(1, ControlPacketBytes, cancellation);
        return false;
    }

    private MqttMessage Message(MqttPublishPacket publish)
    {
        if (publish.QualityOfServiceLevel == MqttQualityOfServiceLevel.ExactlyOnce)
        {
            throw new MqttProtocolViolationException("QoS 2 is not offered.");
        }

        if (!_aliases.TryResolve(publish.TopicAlias, publish.Topic, out var topic) || topic.Length > _options.MaximumTopicBytes)
        {
            throw new MqttProtocolViolationException("The publish names no topic, or one that is too long.");
        }

        // One copy that is nobody else's.
        return new MqttMessage(topic, publish.Payload.ToArray(), (int)publish.QualityOfServiceLevel, publish.Retain, publish.Dup);
    }

    private async ValueTask TakeAsync(MqttSession session, MqttMessage message, ushort identifier, int bytes, CancellationToken cancellation)
    {
        await WaitForRoomAsync(cancellation);
        _acknowledgements.Add(identifier, message.QualityOfService == 1, message.Payload.Length, _ingress.ReceiveAsync(session, message, _ended.Token));
        await CountAsync(1, bytes, cancellation);
    }

    private async ValueTask WaitForRoomAsync(CancellationToken cancellation)
    {
        var room = _acknowledgements.HasRoomAsync(cancellation);
        _isHeldUp = !room.IsCompleted;
        if (!await room)
        {
            throw new MqttCommunicationException("The connection has ended.");
        }

        _isHeldUp = false;
    }

    // Who speaks faster than he may is read more slowly.
    private async ValueTask CountAsync(int packets, int bytes, CancellationToken cancellation)
    {
        Interlocked.Add(ref _packets, packets);
        if (_rate.Take(packets, bytes) is var wait && wait > ShortestWait)
        {
            _isHeldUp = true;
            await Task.Delay(wait, _time, cancellation);
            _isHeldUp = false;
        }
    }

    private async Task AcknowledgeAsync(MqttSession session)
    {
        if (await _acknowledgements.RunAsync(_writer.AcknowledgeAsync, _ended.Token) is not { } ending)
        {
            return;
        }

        _log.Closed(session.ClientId, session.Endpoint, ending.Reason);
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
            await SendPacketAsync(
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

    private async Task RefuseAsync(MqttSession session, MqttSubscribePacket subscribe, string reason, CancellationToken cancellation)
    {
        _log.SubscriptionRefused(session.ClientId, session.Endpoint, reason);
        var code = PacketFormatterAdapter.ProtocolVersion == MqttProtocolVersion.V500
            ? MqttSubscribeReasonCode.NotAuthorized
            : MqttSubscribeReasonCode.UnspecifiedError;
        var refusal = new MqttSubAckPacket
        {
            PacketIdentifier = subscribe.PacketIdentifier,
            ReasonCodes = [.. subscribe.TopicFilters.Select(_ => code)],
        };
        await SendPacketAsync(refusal, cancellation);
    }

    [LoggerMessage(LogLevel.Debug, "Could not say goodbye: {Reason}")]
    private static partial void LogNoGoodbye(ILogger logger, string reason);
}
