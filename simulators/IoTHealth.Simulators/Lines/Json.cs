using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using IoTHealth.Simulators.CommandLine;

namespace IoTHealth.Simulators.Lines;

/// <summary>Writing and reading of single JSON objects, as compact as the wire likes them.</summary>
internal static class Json
{
    // Relaxed: '+09:00' stays readable; nothing here ends up in HTML.
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Write(Action<Utf8JsonWriter> body)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        Append(buffer, body);
        return buffer.WrittenSpan.ToArray();
    }

    public static void Append(IBufferWriter<byte> buffer, Action<Utf8JsonWriter> body)
    {
        using var writer = new Utf8JsonWriter(buffer, Compact);
        body(writer);
    }

    public static void AppendLine(IBufferWriter<byte> buffer, Action<Utf8JsonWriter> body)
    {
        Append(buffer, body);
        buffer.Write("\n"u8);
    }

    /// <summary>Reads one line as <typeparamref name="T"/>; what is wrong is told with file and line.</summary>
    public static T Parse<T>(string path, JsonLine line, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(line.Bytes);
            return read(document.RootElement);
        }
        catch (Exception malformed) when (malformed is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new UsageException($"{path}, line {line.Number}: {malformed.Message}", malformed);
        }
    }
}
