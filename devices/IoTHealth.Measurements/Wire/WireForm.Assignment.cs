using Google.Protobuf;
using IoTHealth.Measurements.Wire;

namespace IoTHealth.Measurements;

/// <content>Assignments.</content>
public static partial class WireForm
{
    public static byte[] Encode(Assignment assignment) => new AssignmentMessage
    {
        Device = assignment.Device.Value,
        Resident = assignment.Resident,
        FromTicks = assignment.From.UtcTicks,
        ToTicks = assignment.To?.UtcTicks ?? 0,
        HasTo = assignment.To is not null,
        Author = assignment.Author,
        RecordedTicks = assignment.Recorded.UtcTicks,
        Slot = assignment.Slot ?? 0,
        HasSlot = assignment.Slot is not null,
    }.ToByteArray();

    public static bool TryDecodeAssignment(ReadOnlyMemory<byte> bytes, out Assignment assignment, out string reason)
    {
        assignment = null!;
        if (!TryParse(AssignmentMessage.Parser, bytes, out var message, out reason))
        {
            return false;
        }

        var to = default(DateTimeOffset);
        if (!TryInstant(message.FromTicks, out var from) || !TryInstant(message.RecordedTicks, out var recorded) ||
            (message.HasTo && !TryInstant(message.ToTicks, out to)))
        {
            reason = "the assignment's times are out of range";
            return false;
        }

        assignment = new Assignment(
            new DeviceId(message.Device), message.Resident, from, message.HasTo ? to : null, message.Author, recorded,
            message.HasSlot ? message.Slot : null);
        return true;
    }
}
