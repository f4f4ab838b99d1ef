using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using IoTHealth.Devices;
using IoTHealth.Edge.Alarming;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Management.Tracing;
using IoTHealth.Edge.Pairing;
using IoTHealth.Edge.Registry;
using IoTHealth.Links.Mqtt;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Broker;

/// <summary>
/// The front door for MQTT devices and nurse stations: a credential each, a device's own topics only, and an answer once
/// the readings are durable.
/// </summary>
public sealed partial class BrokerIngress(DeviceRegistry registry, IMeasurementSink sink, AlarmDesk desk, PasswordGate gate, ILogger<BrokerIngress> logger, PairingList? pairing = null) : IMqttBatchIngress
{
    private const string AlarmTopics = "alarms/";
    private const string AcknowledgeEnd = "/acknowledge";

    private static readonly MqttVerdict TooMany = MqttVerdict.Refuse("too many passwords of its address are being checked");
    private static readonly MqttVerdict WrongCredential = MqttVerdict.Refuse("unknown user or wrong password");

    // A password is derived once for each (user, digest of what was offered): 100,000 iterations on every reconnect of
    // every device would let a reconnect storm starve intake.
    private readonly ConcurrentDictionary<string, Proof> _proven = new(StringComparer.Ordinal);

    // Who was let in last under each key, and as what.
    private readonly ConcurrentDictionary<string, object> _admitted = new(StringComparer.Ordinal);

    public async ValueTask<MqttVerdict> ConnectAsync(MqttSession session, MqttConnect connect, CancellationToken cancellation)
    {
        if (connect.UserName is not { Length: > 0 } user || user != connect.ClientId)
        {
            return MqttVerdict.Refuse("user name and client id must both be the device's key");
        }

        if (registry.Find(user) is MqttDevice device && await MistakeAsync(user, device.PasswordHash, connect, cancellation) is var wrong)
        {
            return wrong ?? Admit(session, user, device);
        }

        if (registry.FindStation(user) is { } station)
        {
            return await MistakeAsync(user, station.Password, connect, cancellation) ?? Admit(session, user, station);
        }

        if (registry.Find(user) is null)
        {
            var port = connect.Endpoint.LastIndexOf(':');
            pairing?.Note("mqtt", user, port < 0 ? connect.Endpoint : connect.Endpoint[..port]);
        }

        return WrongCredential;
    }

    /// <summary>Keys under which somebody was let in who would not be let in as the same today.</summary>
    public IReadOnlyList<string> Outdated() => [.. _admitted.Where(one => !IsStill(one.Key, one.Value)).Select(one => one.Key)];

    /// <summary>Forgets who was let in under a key.</summary>
    public void Forget(string key)
    {
        _admitted.TryRemove(key, out _);
        _proven.TryRemove(key, out _);
    }

    public MqttVerdict MaySubscribe(MqttSession session, string filter)
    {
        var mayHear = session.State is MqttDevice device
            ? filter.StartsWith($"commands/{device.Context.Key}/", StringComparison.Ordinal) && !filter.AsSpan().ContainsAny('+', '#')
            : filter == AlarmTopics + "#" || (filter.StartsWith(AlarmTopics, StringComparison.Ordinal) && !filter.AsSpan().ContainsAny('+', '#'));
        return mayHear ? MqttVerdict.Accepted : MqttVerdict.Refuse($"it may not hear '{filter}'");
    }

    public ValueTask<MqttVerdict> ReceiveAsync(MqttSession session, MqttMessage message, CancellationToken cancellation) =>
        session.State is StationSettings ? AcknowledgeAsync(session, message) : ReceiveTogetherAsync(session, [message], cancellation);

    public async ValueTask<MqttVerdict> ReceiveTogetherAsync(MqttSession session, IReadOnlyList<MqttMessage> messages, CancellationToken cancellation)
    {
        if (session.State is StationSettings)
        {
            return await AcknowledgeAsync(session, messages);
        }

        // As it is registered now: a device that was taken out of the registry is heard no more, whatever is still on its way.
        if (session.State is not MqttDevice admitted || registry.Find(admitted.Context.Key) is not MqttDevice device || !device.IsServedAs(admitted))
        {
            return MqttVerdict.Refuse("it is no longer registered as what it was let in as");
        }

        if (!device.Topics.Contains(messages[0].Topic))
        {
            return MqttVerdict.Refuse($"'{messages[0].Topic}' is not one of its topics");
        }

        // The PUBACK follows at once: the span ends with it.
        using var publish = GatewayTrace.Begin("mqtt publish", ActivityKind.Consumer);
        publish?.SetTag("device", device.Context.Key);
        await sink.AcceptAsync(device.Context, Decode(device, messages), cancellation);
        return MqttVerdict.Accepted;
    }

    private static DecodedUpload Decode(MqttDevice device, IReadOnlyList<MqttMessage> messages)
    {
        using var decode = GatewayTrace.Begin("decode");
        if (messages.Count == 1)
        {
            return device.Driver.Read(messages[0], device.Context);
        }

        DecodedUpload[] uploads = [.. messages.Select(message => device.Driver.Read(message, device.Context))];
        return new DecodedUpload([.. uploads.SelectMany(upload => upload.Measurements)], [.. uploads.SelectMany(upload => upload.Refusals)])
        {
            Documents = [.. uploads.SelectMany(upload => upload.Documents)],
        };
    }

    private async ValueTask<MqttVerdict> AcknowledgeAsync(MqttSession session, IReadOnlyList<MqttMessage> messages)
    {
        var verdict = MqttVerdict.Accepted;
        for (var i = 0; i < messages.Count && verdict is MqttVerdict.Accept; i++)
        {
            verdict = await AcknowledgeAsync(session, messages[i]);
        }

        return verdict;
    }

    private async ValueTask<MqttVerdict> AcknowledgeAsync(MqttSession session, MqttMessage message)
    {
        if (message.Topic.Length <= AlarmTopics.Length + AcknowledgeEnd.Length ||
            !message.Topic.StartsWith(AlarmTopics, StringComparison.Ordinal) ||
            !message.Topic.EndsWith(AcknowledgeEnd, StringComparison.Ordinal) ||
            !MeasurementId.TryParse(message.Topic[AlarmTopics.Length..^AcknowledgeEnd.Length], out var alarm))
        {
            return MqttVerdict.Refuse($"a station publishes to alarms/<alarm id>/acknowledge, not to '{message.Topic}'");
        }

        // A refusal would cut the station off from the next call, and again whenever it sends this once more.
        if (!await desk.AcknowledgeAsync(alarm, Who(message.Payload) ?? session.ClientId))
        {
            LogNoSuchAlarm(logger, session.ClientId, alarm);
        }

        return MqttVerdict.Accepted;
    }

    private static string? Who(ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("by", out var by)
                ? by.GetString()
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Station {Station} acknowledges alarm {Alarm}, which is not known here")]
    private static partial void LogNoSuchAlarm(ILogger logger, string station, MeasurementId alarm);

    private MqttVerdict Admit(MqttSession session, string key, object admitted)
    {
        session.State = admitted;
        _admitted[key] = admitted;

        // The registry may have been swapped since the look into it.
        return IsStill(key, admitted) ? MqttVerdict.Accepted : WrongCredential;
    }

    private bool IsStill(string key, object admitted) => admitted switch
    {
        MqttDevice device => device.IsServedAs(registry.Find(key) as MqttDevice),
        StationSettings station => station == registry.FindStation(key),
        _ => false,
    };

    // Null where the password is right.
    private async ValueTask<MqttVerdict?> MistakeAsync(string user, string hash, MqttConnect connect, CancellationToken cancellation)
    {
        var password = connect.Password;
        var digest = SHA256.HashData(password.Span);
        if (_proven.TryGetValue(user, out var known) && known.Hash == hash && CryptographicOperations.FixedTimeEquals(known.Digest, digest))
        {
            return null;
        }

        var address = connect.Endpoint[..Math.Max(0, connect.Endpoint.LastIndexOf(':'))];
        switch (await gate.CheckAsync(address, () => PasswordHash.Matches(hash, password.Span), cancellation))
        {
            case null:
                return TooMany;
            case false:
                return WrongCredential;
            default:
                _proven[user] = new Proof(hash, digest);
                return null;
        }
    }

    private sealed record Proof(string Hash, byte[] Digest);
}
