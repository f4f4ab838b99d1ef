using System.IO.Compression;
using IoTHealth.Measurements;

namespace IoTHealth.Cloud.Hub;

/// <summary>A telemetry message's body: decompressed within a bound, then decoded. Total: it answers with a reason.</summary>
public static class TelemetryBody
{
    /// <summary>Largest body after decompression, bytes.</summary>
    public const int Maximum = 16 * 1024 * 1024;

    public static bool TryDecode(TelemetryTopic topic, ReadOnlyMemory<byte> payload, out EntryBatch batch, out string reason)
    {
        batch = null!;
        if (topic.ContentType != WireForm.BatchContentType)
        {
            reason = $"the content type is not {WireForm.BatchContentType}";
            return false;
        }

        return TryExpand(topic.ContentEncoding, payload, out var body, out reason)
            && WireForm.TryDecodeBatch(body, out batch, out reason);
    }

    private static bool TryExpand(string encoding, ReadOnlyMemory<byte> payload, out ReadOnlyMemory<byte> body, out string reason)
    {
        (body, reason) = (payload, "");
        switch (encoding)
        {
            case "" or "identity" or "utf-8":
                return true;
            case "br":
                return TryRead(new BrotliStream(Stream(payload), CompressionMode.Decompress), out body, out reason);
            case "gzip":
                return TryRead(new GZipStream(Stream(payload), CompressionMode.Decompress), out body, out reason);
            default:
                reason = "the content encoding is neither br nor gzip";
                return false;
        }
    }

    private static MemoryStream Stream(ReadOnlyMemory<byte> payload) => new(payload.ToArray(), writable: false);

    private static bool TryRead(Stream expanding, out ReadOnlyMemory<byte> body, out string reason)
    {
        (body, reason) = (default, "");
        using var source = expanding;
        using var target = new MemoryStream();
        var block = new byte[64 * 1024];
        try
        {
            for (int count; (count = source.Read(block)) > 0;)
            {
                if (target.Length + count > Maximum)
                {
                    reason = $"the body is larger than {Maximum} bytes once decompressed";
                    return false;
                }

                target.Write(block, 0, count);
            }
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException or IOException)
        {
            reason = $"the body cannot be decompressed: {e.Message}";
            return false;
        }

        body = target.GetBuffer().AsMemory(0, (int)target.Length);
        return true;
    }
}
