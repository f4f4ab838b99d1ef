using IoTHealth.Cloud.Security;
using IoTHealth.Links.Mqtt;

namespace IoTHealth.Cloud.Hub;

/// <summary>The front door: Azure IoT Hub's MQTT device protocol. Each topic goes to whoever answers it.</summary>
public sealed class HubIngress(HubDoor door, TelemetryIntake telemetry, TwinDesk twins, GatewayMethods methods, ResendLoop resend) : IMqttIngress
{
    private const string Methods = "$iothub/methods/POST/#";

    public ValueTask<MqttVerdict> ConnectAsync(MqttSession session, MqttConnect connect, CancellationToken cancellation)
    {
        var refusal = door.Refusal(connect, out var admission);
        session.State = refusal is null ? admission : null;
        return ValueTask.FromResult(refusal is null ? MqttVerdict.Accepted : MqttVerdict.Refuse(refusal));
    }

    public MqttVerdict MaySubscribe(MqttSession session, string filter)
    {
        if (filter is not ("$iothub/twin/res/#" or "$iothub/twin/PATCH/properties/desired/#" or Methods)
            && filter != $"devices/{session.ClientId}/messages/devicebound/#")
        {
            return MqttVerdict.Refuse("a gateway may subscribe to its own twin, methods and messages only");
        }

        if (filter == Methods)
        {
            resend.Came(session.ClientId);
        }

        return MqttVerdict.Accepted;
    }

    public async ValueTask<MqttVerdict> ReceiveAsync(MqttSession session, MqttMessage message, CancellationToken cancellation)
    {
        if (door.Expulsion(session.ClientId, session.State as Admission) is { } reason)
        {
            return MqttVerdict.Refuse(reason);
        }

        if (TelemetryTopic.TryParse(message.Topic, session.ClientId, out var topic))
        {
            return await telemetry.TakeAsync(session.ClientId, topic, message.Payload, cancellation);
        }

        if (TwinTopic.TryParse(message.Topic, out var twin))
        {
            return await twins.AnswerAsync(session.ClientId, twin, message.Payload, cancellation);
        }

        if (!MethodTopic.TryParse(message.Topic, out var answer))
        {
            return MqttVerdict.Refuse("the topic is neither this gateway's telemetry, nor a twin request, nor a method's answer");
        }

        methods.Take(session.ClientId, answer, message.Payload);
        return MqttVerdict.Accepted;
    }
}
