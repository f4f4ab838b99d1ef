using Google.Protobuf;
using IoTHealth.Measurements.Wire;

namespace IoTHealth.Measurements;

/// <content>Parts of documents.</content>
public static partial class WireForm
{
    private const int DigestLength = 32;

    public static byte[] Encode(DocumentPart part) => new DocumentPartMessage
    {
        Document = ByteString.CopyFrom(part.Document.ToBytes()),
        Device = part.Device.Value,
        Title = part.Title,
        ContentType = part.ContentType,
        Index = part.Index,
        Count = part.Count,
        Digest = ByteString.CopyFrom(part.Digest.Span),
        Time = Encode(part.Time),
        Content = ByteString.CopyFrom(part.Content.Span),
    }.ToByteArray();

    public static bool TryDecodeDocumentPart(ReadOnlyMemory<byte> bytes, out DocumentPart part, out string reason)
    {
        part = null!;
        if (!TryParse(DocumentPartMessage.Parser, bytes, out var message, out reason))
        {
            return false;
        }

        if (message.Document.Length != MeasurementId.Length || message.Digest.Length != DigestLength ||
            message.Count is < 1 or > DocumentPart.CountMaximum || message.Index < 0 || message.Index >= message.Count ||
            message.Time is null || message.Time.Boot.Length != 16)
        {
            reason = "the document part has no id, no digest, no place or no time";
            return false;
        }

        if (message.Content.Length > DocumentPart.ContentMaximum ||
            DocumentPart.IdOf(new DeviceId(message.Device), message.ContentType, message.Digest.Span) != MeasurementId.FromBytes(message.Document.Span))
        {
            reason = "the document part is longer than one may be, or of another document than it says";
            return false;
        }

        try
        {
            part = new DocumentPart(
                MeasurementId.FromBytes(message.Document.Span), new DeviceId(message.Device), message.Title, message.ContentType, message.Index,
                message.Count, message.Digest.ToByteArray(), Decode(message.Time), message.Content.ToByteArray());
            return true;
        }
        catch (Exception e) when (e is FormatException or ArgumentException or OverflowException)
        {
            reason = e.Message;
            return false;
        }
    }
}
