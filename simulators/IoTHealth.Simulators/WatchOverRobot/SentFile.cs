using System.Buffers;
using System.Text.Json;
using IoTHealth.Simulators.Lines;
using IoTHealth.Simulators.Mqtt;

namespace IoTHealth.Simulators.WatchOverRobot;

/// <summary>One robot's account of itself, <c>&lt;out&gt;/&lt;key&gt;.sent.jsonl</c>: written before a record leaves, so it can never know less than the wire.</summary>
internal sealed class SentFile : IDisposable
{
    private readonly LineFile _file;

    private SentFile(LineFile file, SentPosition begin) => (_file, Begin) = (file, begin);

    /// <summary>Where the device's life stood when the file was opened.</summary>
    public SentPosition Begin { get; }

    public static SentFile Open(string folder, DeviceCredential device)
    {
        var path = Path.Combine(folder, device.Key + ".sent.jsonl");
        var file = LineFile.Open(path);
        try
        {
            return new SentFile(file, SentPosition.Read(path));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The lines that must be on file before the records' first send.</summary>
    public static byte[] SentLines(DeviceCredential device, IEnumerable<RobotRecord> records)
    {
        var lines = new ArrayBufferWriter<byte>(512);
        foreach (var record in records)
        {
            Json.AppendLine(lines, writer => WriteSent(writer, device, record));
        }

        return lines.WrittenSpan.ToArray();
    }

    public static byte[] EventLines(string what, IEnumerable<long> sequences)
    {
        var lines = new ArrayBufferWriter<byte>(128);
        foreach (var sequence in sequences)
        {
            Json.AppendLine(lines, writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("event", what);
                writer.WriteNumber("seq", sequence);
                writer.WriteEndObject();
            });
        }

        return lines.WrittenSpan.ToArray();
    }

    public void Append(ReadOnlySpan<byte> lines) => _file.Append(lines);

    public void Dispose() => _file.Dispose();

    private static void WriteSent(Utf8JsonWriter writer, DeviceCredential device, RobotRecord record)
    {
        writer.WriteStartObject();
        writer.WriteString("event", "sent");
        writer.WriteString("device", device.Key);
        writer.WriteString("serial", device.Serial);
        writer.WriteNumber("seq", record.Sequence);
        writer.WriteString("ts", RobotRecordJson.Timestamp(record.Timestamp));
        writer.WriteStartArray("readings");
        foreach (var (kind, value) in record.Readings())
        {
            writer.WriteStartObject();
            writer.WriteString("kind", kind);
            writer.WriteString("value", value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
