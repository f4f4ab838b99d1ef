using System.Buffers;
using System.Globalization;
using System.Text.Json;
using IoTHealth.Simulators.Lines;

namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary>
/// One implant's account, <c>&lt;out&gt;/&lt;serial&gt;.device.jsonl</c>: each measurement before it is first sent, so it can never
/// know less than the wire. It carries the implant's life over restarts.
/// </summary>
internal sealed class TransmitterAccount : IDisposable
{
    // Each report has one act of it.
    private const string InEveryReport = "implant-battery";

    private readonly string _serial;
    private readonly LineFile _file;

    private TransmitterAccount(string serial, LineFile file, Life life) =>
        (_serial, _file, LastIndex, LastTime, Reports) = (serial, file, life.LastIndex, life.LastTime, life.Reports);

    /// <summary>The last measurement's index; 0 = none yet.</summary>
    public int LastIndex { get; private set; }

    /// <summary>The latest time of a measurement; the minimum where there is none.</summary>
    public DateTimeOffset LastTime { get; private set; }

    /// <summary>Reports made in the whole life.</summary>
    public int Reports { get; private set; }

    public static TransmitterAccount Open(string folder, string serial)
    {
        var path = Path.Combine(folder, serial + ".device.jsonl");
        var file = LineFile.Open(path);
        try
        {
            return new TransmitterAccount(serial, file, LineReader.Read(path).Aggregate(new Life(0, DateTimeOffset.MinValue, 0), (life, line) => Json.Parse(path, line, life.After)));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes a report's measurements down.</summary>
    /// <returns>Their indices.</returns>
    public IReadOnlyList<int> Measured(IReadOnlyList<ImplantAct> acts)
    {
        var (lines, indices) = (new ArrayBufferWriter<byte>(4096), new List<int>(acts.Count));
        foreach (var act in acts)
        {
            indices.Add(++LastIndex);
            LastTime = act.Time > LastTime ? act.Time : LastTime;
            DeviceLine.AppendMeasured(
                lines, _serial, LastIndex, "acknowledged", act.Kind, act.Time.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture), act.Values);
        }

        Reports++;
        _file.Append(lines.WrittenSpan);
        return indices;
    }

    public void Sent(IReadOnlyList<int> indices) => Append("sent", indices);

    public void Acknowledged(IReadOnlyList<int> indices) => Append("acked", indices);

    public void Dispose() => _file.Dispose();

    private void Append(string what, IReadOnlyList<int> indices)
    {
        var lines = new ArrayBufferWriter<byte>(1024);
        foreach (var index in indices)
        {
            DeviceLine.AppendEvent(lines, what, index);
        }

        _file.Append(lines.WrittenSpan);
    }

    private readonly record struct Life(int LastIndex, DateTimeOffset LastTime, int Reports)
    {
        public Life After(JsonElement line)
        {
            if (line.GetProperty("event").GetString() != "measured")
            {
                return this;
            }

            var time = DateTimeOffset.Parse(line.GetProperty("time").GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.None);
            var isReport = line.GetProperty("kind").GetString() == InEveryReport;
            return new Life(line.GetProperty("index").GetInt32(), time > LastTime ? time : LastTime, Reports + (isReport ? 1 : 0));
        }
    }
}
