using System.Globalization;
using System.Text.Json;
using IoTHealth.Simulators.CommandLine;
using IoTHealth.Simulators.Lines;

namespace IoTHealth.Simulators.Counting;

/// <summary>
/// Reads the accounts of all simulated meters. A result of control solution is nothing a meter sent about a person: found as
/// an Observation it is foreign.
/// </summary>
internal sealed class MeterFiles
{
    private readonly List<SentReading> _readings = [];

    // 'Above 600' and 'above 601, the number shown' say the same of one result.
    private readonly Dictionary<ReadingKey, ReadingKey> _otherWords = [];

    private MeterFiles()
    {
    }

    /// <param name="zone">Where the meters' clocks are right.</param>
    /// <exception cref="UsageException">There is none, one cannot be understood, or nothing in them was acknowledged.</exception>
    public static MeterFiles Read(string folder, TimeZoneInfo zone)
    {
        var files = new MeterFiles();
        foreach (var path in ReadableFile.Read(folder, f => Directory.GetFiles(f, "*.meter.jsonl")).Order(StringComparer.Ordinal))
        {
            files.ReadFile(path, zone);
        }

        return files._readings.Exists(reading => reading.Acknowledged)
            ? files
            : throw new UsageException($"{folder}: no *.meter.jsonl tells of an acknowledged result, so nothing is proven.");
    }

    public IEnumerable<SentReading> Readings => _readings;

    /// <summary>The same finding in the words of the meters' accounts.</summary>
    public FoundReading Reword(FoundReading found) => found with { Key = _otherWords.GetValueOrDefault(found.Key, found.Key) };

    private void ReadFile(string path, TimeZoneInfo zone)
    {
        var (memory, acknowledged) = (new Dictionary<int, Result>(), new HashSet<int>());
        foreach (var line in LineReader.Read(path))
        {
            var (what, index, result) = Json.Parse(path, line, seen => ReadLine(seen, zone));
            switch (what)
            {
                case "memory" when !memory.TryAdd(index, result):
                    throw new UsageException($"{path}, line {line.Number}: result {index} is in the memory for the second time");
                case "acked" when !memory.ContainsKey(index):
                    throw new UsageException($"{path}, line {line.Number}: result {index} is acknowledged and was not in the memory");
                case "acked":
                    acknowledged.Add(index);
                    break;
            }
        }

        foreach (var (index, result) in memory.Where(result => !result.Value.Control))
        {
            _readings.Add(new SentReading(result.Key.Serial, result.Key, acknowledged.Contains(index)));
            _otherWords.TryAdd(result.Limit, result.Key);
        }
    }

    private static (string What, int Index, Result Result) ReadLine(JsonElement line, TimeZoneInfo zone)
    {
        var what = line.GetProperty("event").GetString() ?? "";
        return (
            what,
            what is "memory" or "acked" ? line.GetProperty("index").GetInt32() : 0,
            what == "memory" ? ReadResult(line, zone) : default);
    }

    private static Result ReadResult(JsonElement line, TimeZoneInfo zone)
    {
        var shown = decimal.Parse(line.GetProperty("value").GetString()!, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        var unit = line.GetProperty("unit").GetString()!;
        var step = unit == "mg/dL" ? 1 : 0.1m;
        var (comparator, limit) = line.GetProperty("outOfRange").GetString() switch
        {
            "high" => (">", shown - step),
            "low" => ("<", shown + step),
            _ => ("", shown),
        };
        var key = new ReadingKey(
            line.GetProperty("serial").GetString()!, line.GetProperty("kind").GetString()!, DeviceClock.Instant(line.GetProperty("time").GetString()!, zone), Text(shown));
        return new Result(key, key with { Value = Text(limit) }, line.GetProperty("control").GetBoolean());

        string Text(decimal number) => ValueText.Quantity(comparator, ValueText.Number(number), unit);
    }

    /// <param name="Limit">The same result told by the meter's limit.</param>
    private readonly record struct Result(ReadingKey Key, ReadingKey Limit, bool Control);
}
