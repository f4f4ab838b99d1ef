using Google.Protobuf;

namespace IoTHealth.Measurements;

/// <summary>
/// The protobuf wire form of entries and batches (<c>Wire/entry.proto</c>). Encoding is deterministic; decoding is total:
/// it answers false with a reason and never throws, whatever the bytes.
/// </summary>
public static partial class WireForm
{
    /// <summary>MIME type of a batch, for the telemetry message's content type.</summary>
    public const string BatchContentType = "application/vnd.iothealth.batch+protobuf";

    private static bool TryInstant(long ticks, out DateTimeOffset instant)
    {
        var inRange = ticks >= DateTimeOffset.MinValue.Ticks && ticks <= DateTimeOffset.MaxValue.Ticks;
        instant = inRange ? new DateTimeOffset(ticks, TimeSpan.Zero) : default;
        return inRange;
    }

    private static ByteString Bytes(Guid guid) => ByteString.CopyFrom(guid.ToByteArray(bigEndian: true));

    private static Guid Guid(ByteString bytes) => new(bytes.Span, bigEndian: true);

    private static bool TryParse<T>(MessageParser<T> parser, ReadOnlyMemory<byte> bytes, out T message, out string reason)
        where T : IMessage<T>
    {
        try
        {
            message = parser.ParseFrom(bytes.Span);
            reason = "";
            return true;
        }
        catch (InvalidProtocolBufferException e)
        {
            message = default!;
            reason = e.Message;
            return false;
        }
    }
}
