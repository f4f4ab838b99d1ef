using Google.Protobuf;
using IoTHealth.Measurements.Wire;

namespace IoTHealth.Measurements;

/// <content>Alarms and what silences them.</content>
public static partial class WireForm
{
    public static byte[] Encode(Alarm alarm) => new AlarmMessage
    {
        Id = ByteString.CopyFrom(alarm.Id.ToBytes()),
        Rule = alarm.Rule,
        Device = alarm.Device.Value,
        Trigger = ByteString.CopyFrom(alarm.Trigger.ToBytes()),
        InstantTicks = alarm.Instant.UtcTicks,
        RaisedTicks = alarm.Raised.UtcTicks,
        Severity = alarm.Severity,
        Place = alarm.Place,
        TextJa = alarm.TextJa,
        TextEn = alarm.TextEn,
        History = alarm.History,
    }.ToByteArray();

    public static bool TryDecodeAlarm(ReadOnlyMemory<byte> bytes, out Alarm alarm, out string reason)
    {
        alarm = null!;
        if (!TryParse(AlarmMessage.Parser, bytes, out var message, out reason))
        {
            return false;
        }

        if (message.Id.Length != MeasurementId.Length || message.Trigger.Length != MeasurementId.Length ||
            !TryInstant(message.InstantTicks, out var instant) || !TryInstant(message.RaisedTicks, out var raised))
        {
            reason = "the alarm has no id, no trigger or no time";
            return false;
        }

        alarm = new Alarm(
            MeasurementId.FromBytes(message.Id.Span), message.Rule, new DeviceId(message.Device),
            MeasurementId.FromBytes(message.Trigger.Span), instant, raised, message.Severity, message.Place,
            message.TextJa, message.TextEn, message.History);
        return true;
    }

    public static byte[] Encode(Acknowledgement acknowledgement) => new AcknowledgementMessage
    {
        Alarm = ByteString.CopyFrom(acknowledgement.Alarm.ToBytes()),
        By = acknowledgement.By,
        AtTicks = acknowledgement.At.UtcTicks,
    }.ToByteArray();

    public static bool TryDecodeAcknowledgement(ReadOnlyMemory<byte> bytes, out Acknowledgement acknowledgement, out string reason)
    {
        acknowledgement = null!;
        if (!TryParse(AcknowledgementMessage.Parser, bytes, out var message, out reason))
        {
            return false;
        }

        if (message.Alarm.Length != MeasurementId.Length || !TryInstant(message.AtTicks, out var at))
        {
            reason = "the acknowledgement names no alarm or no time";
            return false;
        }

        acknowledgement = new Acknowledgement(MeasurementId.FromBytes(message.Alarm.Span), message.By, at);
        return true;
    }
}
