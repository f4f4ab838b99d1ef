using Google.Protobuf;
using IoTHealth.Measurements.Wire;

namespace IoTHealth.Measurements;

/// <content>Gaps.</content>
public static partial class WireForm
{
    public static byte[] Encode(Gap gap) => new GapMessage
    {
        Reader = gap.Reader,
        FromPosition = gap.FromPosition,
        ToPosition = gap.ToPosition,
        Count = gap.Count,
        Reason = gap.Reason,
    }.ToByteArray();

    public static bool TryDecodeGap(ReadOnlyMemory<byte> bytes, out Gap gap, out string reason)
    {
        gap = null!;
        if (!TryParse(GapMessage.Parser, bytes, out var message, out reason))
        {
            return false;
        }

        gap = new Gap(message.Reader, message.FromPosition, message.ToPosition, message.Count, message.Reason);
        return true;
    }
}
