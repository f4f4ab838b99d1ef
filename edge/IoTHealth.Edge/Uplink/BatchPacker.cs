using System.IO.Compression;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Uplink;

/// <summary>A batch ready to send.</summary>
/// <param name="Batch">What is in it, positions as on the wire.</param>
/// <param name="Body">Brotli of its wire form.</param>
public sealed record PackedBatch(EntryBatch Batch, byte[] Body);

/// <summary>Packs entries into telemetry messages that stay below the hub's limit.</summary>
public static class BatchPacker
{
    /// <summary>IoT Hub takes 262,143 bytes with topic and properties; this leaves room for them.</summary>
    public const int BodyBytesMaximum = 255_000;

    /// <summary>Packs as many of the entries, from the first, as fit; at least one, which may be too large by itself.</summary>
    public static PackedBatch Pack(JournalId journal, long head, IReadOnlyList<Entry> entries, int bodyBytesMaximum = BodyBytesMaximum)
    {
        var count = entries.Count;
        while (true)
        {
            var batch = new EntryBatch(journal, head, count == entries.Count ? entries : [.. entries.Take(count)]);
            var body = Compress(WireForm.Encode(batch));
            if (body.Length <= bodyBytesMaximum || count == 1)
            {
                return new PackedBatch(batch, body);
            }

            // By the share that fits, a little less: nearly always the second try is the last.
            count = Math.Clamp((int)((long)count * bodyBytesMaximum / body.Length * 9 / 10), 1, count - 1);
        }
    }

    private static byte[] Compress(byte[] wire)
    {
        using var body = new MemoryStream(wire.Length / 2);
        using (var brotli = new BrotliStream(body, CompressionLevel.Fastest, leaveOpen: true))
        {
            brotli.Write(wire);
        }

        return body.ToArray();
    }
}
