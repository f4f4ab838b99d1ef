using IoTHealth.Cloud.Log;
using IoTHealth.Measurements;
using IoTHealth.Records;

namespace IoTHealth.Cloud.Feeds;

/// <summary>What an entry of the log has to tell of a resident: a measurement, or a document that is whole.</summary>
/// <param name="Measurement">The measurement; of a document its id, device and time, with nothing measured.</param>
/// <param name="Document">The document, or null.</param>
public sealed record LoggedReading(Measurement Measurement, AttachedDocument? Document = null);

/// <summary>
/// Reads what entries tell. A document comes in parts, by several batches and perhaps several gateways: the last part in a shard
/// tells it, where all the others are there by then. Shards are read in any order, so the last parts of two may both tell it, and
/// whoever is read last surely does.
/// </summary>
public sealed class ReadingSource(IMeasurementLog log)
{
    /// <summary>Kind under which a document waits, counts and is attributed; it is no kind of measurement.</summary>
    public const string DocumentKind = "document";

    /// <summary>What a clinic opens. Other documents, such as the message a report came in, stay in the log.</summary>
    private const string Told = "application/pdf";

    /// <summary>The reading, or null: with a reason where the entry is broken, with none where it has nothing to tell.</summary>
    public async Task<(LoggedReading? Reading, string Reason)> ReadAsync(LoggedEntry logged, CancellationToken cancellation)
    {
        switch (logged.Entry.Kind)
        {
            case EntryKind.Measurement:
                return WireForm.TryDecodeMeasurement(logged.Entry.Payload, out var measurement, out var reason)
                    ? (new LoggedReading(measurement), "")
                    : (null, reason);
            case EntryKind.DocumentPart:
                return WireForm.TryDecodeDocumentPart(logged.Entry.Payload, out var part, out reason)
                    ? await WholeAsync(logged, part, cancellation)
                    : (null, reason);
            default:
                return (null, "");
        }
    }

    private async Task<(LoggedReading? Reading, string Reason)> WholeAsync(LoggedEntry logged, DocumentPart part, CancellationToken cancellation)
    {
        if (part.ContentType != Told)
        {
            return (null, "");
        }

        var entries = part.Count == 1 ? [logged] : await log.FindAsync([.. Enumerable.Range(0, part.Count).Select(index => (part with { Index = index }).Id)], cancellation);
        if (entries.Count < part.Count || entries.Any(entry => entry.Shard == logged.Shard && entry.Position > logged.Position))
        {
            return (null, "");
        }

        var parts = entries.Select(entry => WireForm.TryDecodeDocumentPart(entry.Entry.Payload, out var one, out _) ? one : null).OfType<DocumentPart>().ToList();
        return DocumentPart.Join(parts) is { } content
            ? (new LoggedReading(Standing(part), new AttachedDocument(part.Title, part.ContentType, content)), "")
            : (null, $"the parts of document {part.Document} do not make what its digest says");
    }

    private static Measurement Standing(DocumentPart part) => new()
    {
        Id = part.Document,
        IdentityBasis = IdentityBasis.Record,
        Device = part.Device,
        Kind = DocumentKind,
        Stable = [.. part.Digest.Span],
        Time = part.Time,
        Components = [],
        Driver = DocumentKind,
    };
}
