using System.Globalization;
using System.Text.Json;
using IoTHealth.Simulators.CommandLine;
using IoTHealth.Simulators.Lines;

namespace IoTHealth.Simulators.Counting;

/// <summary>Reads the accounts of all cuffs and transmitters, <c>*.device.jsonl</c>. One index is one measurement, whatever signs it has.</summary>
internal sealed class DeviceFiles
{
    // What 1 kPa is in mm[Hg], and the digits a converted pressure is told with.
    private const decimal KilopascalInMercury = 7.50062m;
    private const int MercuryDigits = 1;

    private readonly List<SentReading> _readings = [];
    private readonly HashSet<ReadingKey> _known = [];

    // Of a clock that was never set nothing can be said but that the reading is not older than its sending.
    private readonly Dictionary<(string Serial, string Kind, string Value), ReadingKey> _undated = [];

    private DeviceFiles()
    {
    }

    public IEnumerable<SentReading> Readings => _readings;

    /// <param name="zone">Where clocks without an offset are right.</param>
    /// <exception cref="UsageException">One cannot be understood.</exception>
    public static DeviceFiles Read(string folder, TimeZoneInfo zone)
    {
        var files = new DeviceFiles();
        foreach (var path in ReadableFile.Read(folder, f => Directory.GetFiles(f, "*.device.jsonl")).Order(StringComparer.Ordinal))
        {
            files.ReadFile(path, zone);
        }

        return files;
    }

    /// <summary>A finding that nobody dated is the undated reading of the same device and values, where there is one.</summary>
    public FoundReading Reword(FoundReading found) =>
        !_known.Contains(found.Key) && DeviceClock.WasSet(found.Key.Instant)
        && _undated.TryGetValue((found.Key.Serial, found.Key.Kind, found.Key.Value), out var undated)
            ? found with { Key = undated }
            : found;

    private void ReadFile(string path, TimeZoneInfo zone)
    {
        var measured = new Dictionary<int, SentReading>();
        foreach (var line in LineReader.Read(path))
        {
            var (what, index, reading) = Json.Parse(path, line, seen => ReadLine(seen, zone));
            var isKnown = measured.TryGetValue(index, out var known);
            measured[index] = what switch
            {
                "measured" when isKnown => throw Refused("is measured for the second time"),
                "measured" => reading,
                "sent" or "acked" when !isKnown => throw Refused($"is {what} and was not measured"),
                "acked" when known.Guarantee == GuaranteeClass.DetectOnly => throw Refused("is acknowledged to a device nobody confirms to"),
                "sent" => known with { WentOut = true },
                "acked" => known with { WentOut = true, Acknowledged = true },
                _ => throw Refused($"has the unknown event '{what}'"),
            };

            UsageException Refused(string reason) => new($"{path}, line {line.Number}: measurement {index} {reason}");
        }

        Take(measured.Values);
    }

    private void Take(IEnumerable<SentReading> readings)
    {
        foreach (var reading in readings)
        {
            _readings.Add(reading);
            _known.Add(reading.Key);
            if (!DeviceClock.WasSet(reading.Key.Instant))
            {
                _undated.TryAdd((reading.Key.Serial, reading.Key.Kind, reading.Key.Value), reading.Key);
            }
        }
    }

    private static (string What, int Index, SentReading Reading) ReadLine(JsonElement line, TimeZoneInfo zone)
    {
        var what = line.GetProperty("event").GetString() ?? "";
        return (what, line.GetProperty("index").GetInt32(), what == "measured" ? ReadMeasured(line, zone) : default);
    }

    private static SentReading ReadMeasured(JsonElement line, TimeZoneInfo zone)
    {
        var (serial, kind) = (line.GetProperty("serial").GetString()!, line.GetProperty("kind").GetString()!);
        (string, string)[] values = [.. line.GetProperty("values").EnumerateObject().Select(sign => (sign.Name, Value(sign.Value.GetString()!)))];
        var key = new ReadingKey(serial, kind, DeviceClock.Instant(line.GetProperty("time").GetString()!, zone), ValueText.Join(kind, values));
        return new SentReading(serial, key, false, Guarantee(line.GetProperty("guarantee").GetString()!), false);
    }

    private static GuaranteeClass Guarantee(string text) => text switch
    {
        "acknowledged" => GuaranteeClass.Acknowledged,
        "detect-only" => GuaranteeClass.DetectOnly,
        _ => throw new FormatException($"'{text}' is no guarantee: acknowledged or detect-only"),
    };

    /// <summary><c>128 mm[Hg]</c>, <c>17.1 kPa</c>, <c>&gt;600 mg/dL</c>, a code, or <c>absent</c>.</summary>
    private static string Value(string text)
    {
        var comparator = text.StartsWith('<') || text.StartsWith('>') ? text[..1] : "";
        var (written, unit) = text[comparator.Length..].Split(' ', 2) is [var left, var right] ? (left, right) : (text[comparator.Length..], "");
        if (!decimal.TryParse(written, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return text;
        }

        return unit == "kPa"
            ? ValueText.Quantity(comparator, ValueText.Number(decimal.Round(number * KilopascalInMercury, MercuryDigits, MidpointRounding.AwayFromZero)), "mm[Hg]")
            : ValueText.Quantity(comparator, ValueText.Number(number), unit);
    }
}
