using System.Globalization;
using System.Text.Json;
using IoTHealth.Simulators.CommandLine;
using IoTHealth.Simulators.Lines;

namespace IoTHealth.Simulators.Counting;

/// <summary>Reads the accounts of all robots.</summary>
internal static class SentFiles
{
    /// <exception cref="UsageException">One cannot be understood.</exception>
    public static IEnumerable<SentReading> Read(string folder) =>
        ReadableFile.Read(folder, f => Directory.GetFiles(f, "*.sent.jsonl")).Order(StringComparer.Ordinal).SelectMany(ReadFile);

    private static IEnumerable<SentReading> ReadFile(string path)
    {
        var open = new Dictionary<long, SentReading[]>();
        foreach (var line in LineReader.Read(path))
        {
            var (what, sequence, sent) = Json.Parse(path, line, ReadLine);
            if (what == "sent" && !open.TryAdd(sequence, sent))
            {
                throw new UsageException($"{path}, line {line.Number}: sequence {sequence} was sent as new for the second time");
            }

            if (what == "acked")
            {
                foreach (var reading in Acknowledge(open, sequence, path, line.Number))
                {
                    yield return reading;
                }
            }
        }

        foreach (var reading in open.Values.SelectMany(readings => readings))
        {
            yield return reading;
        }
    }

    private static IEnumerable<SentReading> Acknowledge(Dictionary<long, SentReading[]> open, long sequence, string path, long line) =>
        open.Remove(sequence, out var readings)
            ? readings.Select(reading => reading with { Acknowledged = true })
            : throw new UsageException($"{path}, line {line}: sequence {sequence} is acknowledged and was not sent");

    private static (string What, long Sequence, SentReading[] Sent) ReadLine(JsonElement line)
    {
        var what = line.GetProperty("event").GetString() ?? "";
        return (what, line.GetProperty("seq").GetInt64(), what == "sent" ? ReadSent(line) : []);
    }

    private static SentReading[] ReadSent(JsonElement line)
    {
        var (device, serial) = (string.Intern(line.GetProperty("device").GetString()!), string.Intern(line.GetProperty("serial").GetString()!));
        var instant = DateTimeOffset.Parse(line.GetProperty("ts").GetString()!, CultureInfo.InvariantCulture, DateTimeStyles.None);
        return [.. line.GetProperty("readings").EnumerateArray().Select(reading => new SentReading(
            device,
            new ReadingKey(
                serial,
                string.Intern(reading.GetProperty("kind").GetString()!),
                instant.ToUniversalTime(),
                string.Intern(ValueText.Number(reading.GetProperty("value").GetString()!))),
            false))];
    }
}
