using System.Buffers;
using System.Globalization;
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

    public void Measured(CuffReading reading) => Append(line => DeviceLine.AppendMeasured(
        line, _serial, reading.Index, "detect-only", "blood-pressure", reading.Time.ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture),
        [
            ("systolic", Pressure(reading.Systolic, reading.Unit)),
            ("diastolic", Pressure(reading.Diastolic, reading.Unit)),
            ("mean-pressure", reading.Mean is { } mean ? Pressure(mean, reading.Unit) : "absent"),
            ("pulse-rate", string.Create(CultureInfo.InvariantCulture, $"{reading.Pulse} /min")),
        ]));

    public void Sent(int index) => Append(line => DeviceLine.AppendEvent(line, "sent", index));

    public void Dispose() => _file.Dispose();

    private static string Pressure(decimal value, PressureUnit unit) => string.Create(CultureInfo.InvariantCulture, $"{value} {unit.Name}");

    private void Append(Action<ArrayBufferWriter<byte>> write)
    {
        var line = new ArrayBufferWriter<byte>(256);
        write(line);
        _file.Append(line.WrittenSpan);
    }
}
