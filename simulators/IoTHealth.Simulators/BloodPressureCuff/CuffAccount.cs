using System.Buffers;
using System.Globalization;
using System.Text.Json;
using IoTHealth.Simulators.CommandLine;
using IoTHealth.Simulators.Lines;

namespace IoTHealth.Simulators.BloodPressureCuff;

/// <summary>One cuff's account of itself, <c>&lt;out&gt;/&lt;serial&gt;.device.jsonl</c>: each measurement before it is first sent, then whenever it went out.</summary>
internal sealed class CuffAccount : IDisposable
{
    private readonly string _serial;
    private readonly LineFile _file;

    private CuffAccount(string serial, LineFile file, int last) => (_serial, _file, Last) = (serial, file, last);

    /// <summary>The last measurement of earlier runs; counting goes on from there.</summary>
    public int Last { get; }

    /// <exception cref="UsageException">The file cannot be written, or is no account.</exception>
    public static CuffAccount Open(string folder, string serial)
    {
        var path = Path.Combine(folder, serial + ".device.jsonl");
        var file = LineFile.Open(path);
        try
        {
            var last = LineReader.Read(path).Select(line => Json.Parse(path, line, seen => seen.GetProperty("index").GetInt32())).DefaultIfEmpty().Max();
            return new CuffAccount(serial, file, last);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Measured(CuffReading reading) => Append(writer =>
    {
        writer.WriteString("event", "measured");
        writer.WriteString("serial", _serial);
        writer.WriteNumber("index", reading.Index);
        writer.WriteString("guarantee", "detect-only");
        writer.WriteString("kind", "blood-pressure");
        writer.WriteString("time", reading.Time.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture));
        writer.WriteStartObject("values");
        writer.WriteString("systolic", Pressure(reading.Systolic, reading.Unit));
        writer.WriteString("diastolic", Pressure(reading.Diastolic, reading.Unit));
        writer.WriteString("mean-pressure", reading.Mean is { } mean ? Pressure(mean, reading.Unit) : "absent");
        writer.WriteString("pulse-rate", string.Create(CultureInfo.InvariantCulture, $"{reading.Pulse} /min"));
        writer.WriteEndObject();
    });

    public void Sent(int index) => Append(writer =>
    {
        writer.WriteString("event", "sent");
        writer.WriteNumber("index", index);
    });

    public void Dispose() => _file.Dispose();

    private static string Pressure(decimal value, PressureUnit unit) => string.Create(CultureInfo.InvariantCulture, $"{value} {unit.Name}");

    private void Append(Action<Utf8JsonWriter> members)
    {
        var line = new ArrayBufferWriter<byte>(256);
        Json.AppendLine(line, writer =>
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        });
        _file.Append(line.WrittenSpan);
    }
}
