using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using IoTHealth.Devices;
using IoTHealth.Edge.Alarming;
using IoTHealth.Edge.Registry;
using IoTHealth.Links.Mqtt;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Broker;

/// <summary>
/// The front door for MQTT devices and nurse stations: a credential each, a device's own topics only, and an answer once
/// the readings are durable.
/// </summary>
public sealed partial class BrokerIngress(DeviceRegistry registry, IMeasurementSink sink, AlarmDesk desk, ILogger<BrokerIngress> logger) : IMqttIngress
{
    private const string AlarmTopics = "alarms/";
    private const string AcknowledgeEnd = "/acknowledge";

    private static readonly MqttVerdict WrongCredential = MqttVerdict.Refuse("unknown user or wrong password");

    // A password is derived once for each (user, digest of what was offered): 100,000 iterations on every reconnect of
    // every device would let a reconnect storm starve intake.
    private readonly ConcurrentDictionary<string, byte[]> _proven = new(StringComparer.Ordinal);

    private readonly Lock _deriving = new();

    public ValueTask<MqttVerdict> ConnectAsync(MqttSession session, MqttConnect connect, CancellationToken cancellation)
    {
        if (connect.UserName is not { Length: > 0 } user || user != connect.ClientId)
        {
            return ValueTask.FromResult(MqttVerdict.Refuse("user name and client id must both be the device's key"));
        }

        if (registry.Find(user) is MqttDevice device && IsProven(user, device.PasswordHash, connect.Password))
        {
            session.State = device;
            return ValueTask.FromResult(MqttVerdict.Accepted);
        }

        if (registry.FindStation(user) is { } station && IsProven(user, station.Password, connect.Password))
        {
            return ValueTask.FromResult(MqttVerdict.Accepted);
        }

        return ValueTask.FromResult(WrongCredential);
    }

    public MqttVerdict MaySubscribe(MqttSession session, string filter)
    {
        var mayHear = session.State is MqttDevice device
            ? filter.StartsWith($"commands/{device.Context.Key}/", StringComparison.Ordinal) && !filter.AsSpan().ContainsAny('+', '#')
            : filter == AlarmTopics + "#" || (filter.StartsWith(AlarmTopics, StringComparison.Ordinal) && !filter.AsSpan().ContainsAny('+', '#'));
        return mayHear ? MqttVerdict.Accepted : MqttVerdict.Refuse($"it may not hear '{filter}'");
    }

    public async ValueTask<MqttVerdict> ReceiveAsync(MqttSession session, MqttMessage message, CancellationToken cancellation)
    {
        if (session.State is not MqttDevice device)
        {
            return await AcknowledgeAsync(session, message);
        }

        if (!device.Topics.Contains(message.Topic))
        {
            return MqttVerdict.Refuse($"'{message.Topic}' is not one of its topics");
        }

        await sink.AcceptAsync(device.Context, device.Driver.Read(message, device.Context), cancellation);
        return MqttVerdict.Accepted;
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

    private bool IsProven(string user, string hash, ReadOnlyMemory<byte> password)
    {
        var digest = SHA256.HashData(password.Span);
        if (_proven.TryGetValue(user, out var known) && CryptographicOperations.FixedTimeEquals(known, digest))
        {
            return true;
        }

        // One derivation at a time: a storm of wrong passwords may cost one core, not both.
        lock (_deriving)
        {
            if (!PasswordHash.Matches(hash, password.Span))
            {
                return false;
            }
        }

        _proven[user] = digest;
        return true;
    }
}
