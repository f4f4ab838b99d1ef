using System.Security.Cryptography;

namespace IoTHealth.Measurements;

/// <summary>
/// A part of a document that a device sent, such as the PDF of a pacemaker report: what is larger than a message travels as
/// hashed, numbered parts.
/// </summary>
/// <param name="Document">Id of the document: the same content of the same device is the same document on every gateway.</param>
/// <param name="Device">The device it speaks of.</param>
/// <param name="Title">What the sender calls it.</param>
/// <param name="ContentType">Media type.</param>
/// <param name="Index">From 0.</param>
/// <param name="Count">Parts of the document.</param>
/// <param name="Digest">SHA-256 of the whole document.</param>
/// <param name="Time">When it was made, by the device's and the gateway's clocks.</param>
/// <param name="Content">This part's bytes.</param>
public sealed record DocumentPart(
    MeasurementId Document, DeviceId Device, string Title, string ContentType, int Index, int Count, ReadOnlyMemory<byte> Digest,
    MeasurementTime Time, ReadOnlyMemory<byte> Content)
{
    /// <summary>Largest part, bytes: it fits into a telemetry message of 256 KiB uncompressed.</summary>
    public const int ContentMaximum = 128 * 1024;

    /// <summary>Most parts of one document: 512 MiB.</summary>
    public const int CountMaximum = 4096;

    /// <summary>Entry id of this part.</summary>
    public MeasurementId Id => MeasurementId.Of("document-part", Document.ToString(), Index.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Id of a document: of its device, its type and its content.</summary>
    public static MeasurementId IdOf(DeviceId device, string contentType, ReadOnlySpan<byte> digest) =>
        MeasurementId.Of("document", device.Key, contentType, Convert.ToHexStringLower(digest));

    /// <summary>Cuts a document into its parts; an empty one has one empty part.</summary>
    public static IReadOnlyList<DocumentPart> Split(
        DeviceId device, string title, string contentType, ReadOnlyMemory<byte> content, MeasurementTime time)
    {
        var digest = SHA256.HashData(content.Span);
        var document = IdOf(device, contentType, digest);
        var count = Math.Max(1, (content.Length + ContentMaximum - 1) / ContentMaximum);
        return
        [
            .. Enumerable.Range(0, count).Select(index => new DocumentPart(
                document, device, title, contentType, index, count, digest, time,
                content[(index * ContentMaximum)..Math.Min(content.Length, (index + 1) * ContentMaximum)])),
        ];
    }

    /// <summary>The whole document, or null when the parts are not all of one document or its digest is another.</summary>
    public static byte[]? Join(IReadOnlyCollection<DocumentPart> parts)
    {
        var ordered = parts.OrderBy(part => part.Index).ToList();
        if (ordered.Count == 0 || ordered.Count != ordered[0].Count || ordered.Where((part, index) => part.Index != index).Any())
        {
            return null;
        }

        var content = ordered.SelectMany(part => part.Content.ToArray()).ToArray();
        return SHA256.HashData(content).AsSpan().SequenceEqual(ordered[0].Digest.Span) ? content : null;
    }
}
