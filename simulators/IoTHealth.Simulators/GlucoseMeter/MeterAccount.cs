using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using IoTHealth.Simulators.CommandLine;
using IoTHealth.Simulators.Lines;

namespace IoTHealth.Simulators.GlucoseMeter;

/// <summary>One meter's account of itself, <c>&lt;out&gt;/&lt;serial&gt;.meter.jsonl</c>: its memory before it talks, then what was acknowledged.</summary>
internal sealed class MeterAccount : IDisposable
{
    private readonly LineFile _file;

    private MeterAccount(LineFile file, int uploads, IReadOnlySet<int> everAcknowledged) =>
        (_file, Uploads, EverAcknowledged) = (file, uploads, everAcknowledged);

    /// <summary>Uploads begun in earlier runs; counting goes on from there.</summary>
    public int Uploads { get; }

    /// <summary>Results acknowledged in earlier runs.</summary>
    public IReadOnlySet<int> EverAcknowledged { get; }

    /// <summary>Opens the account and writes the memory where it is not there yet.</summary>
    /// <exception cref="UsageException">The file tells of another memory: its acknowledgements would be of other results.</exception>
    public static MeterAccount Open(string folder, string serial, IReadOnlyList<MemoryRecord> memory)
    {
        var path = Path.Combine(folder, serial + ".meter.jsonl");
        var file = LineFile.Open(path);
        try
        {
            var (remembered, uploads, acknowledged) = Read(path);
            string[] lines = [.. memory.Select(record => MemoryLine(serial, record))];
            if (remembered.Count > lines.Length || !lines.Take(remembered.Count).SequenceEqual(remembered))
            {
                throw new UsageException($"{path}: tells of another memory; give the same --seed, --now and --records as then, or another --out");
            }

            file.Append(Encoding.UTF8.GetBytes(string.Concat(lines.Skip(remembered.Count).Select(line => line + "\n"))));
            return new MeterAccount(file, uploads, acknowledged);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Acknowledged(int index, int upload) => Append(writer =>
    {
        writer.WriteString("event", "acked");
        writer.WriteNumber("index", index);
        writer.WriteNumber("upload", upload);
    });

    public void Uploaded(int upload) => Append(writer =>
    {
        writer.WriteString("event", "uploaded");
        writer.WriteNumber("upload", upload);
    });

    public void Dispose() => _file.Dispose();

    private static (List<string> Memory, int Uploads, HashSet<int> Acknowledged) Read(string path)
    {
        var (memory, uploads, acknowledged) = (new List<string>(), 0, new HashSet<int>());
        foreach (var line in LineReader.Read(path))
        {
            var (what, index, upload) = Json.Parse(path, line, seen => (
                seen.GetProperty("event").GetString(), Number(seen, "index"), Number(seen, "upload")));
            uploads = Math.Max(uploads, upload);
            if (what == "memory")
            {
                memory.Add(Encoding.UTF8.GetString(line.Bytes.Span));
            }
            else if (what == "acked")
            {
                acknowledged.Add(index);
            }
        }

        return (memory, uploads, acknowledged);
    }

    private static int Number(JsonElement line, string name) => line.TryGetProperty(name, out var number) ? number.GetInt32() : 0;

    private static string MemoryLine(string serial, MemoryRecord record) => Encoding.UTF8.GetString(Json.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("event", "memory");
        writer.WriteString("serial", serial);
        writer.WriteNumber("index", record.Index);
        writer.WriteString("time", record.Time.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture));
        writer.WriteString("kind", "glucose");
        writer.WriteString("value", record.Value);
        writer.WriteString("unit", record.Unit.Name);
        writer.WriteString("outOfRange", record.OutOfRange);
        writer.WriteBoolean("control", record.Control);
        writer.WriteEndObject();
    }));

    private void Append(Action<Utf8JsonWriter> members)
    {
        var line = new ArrayBufferWriter<byte>(64);
        Json.AppendLine(line, writer =>
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        });
        _file.Append(line.WrittenSpan);
    }
}
