using System.Text.Json;
using IoTHealth.Simulators.CommandLine;
using IoTHealth.Simulators.Lines;

namespace IoTHealth.Simulators.Counting;

/// <summary>Reads what the FHIR receiver holds: the latest version of every Observation, with its device's serial number.</summary>
internal sealed class FhirFile
{
    private readonly Dictionary<string, (int Version, Seen? Seen)> _observations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Version, string Serial)> _serials = new(StringComparer.Ordinal);

    private FhirFile()
    {
    }

    /// <exception cref="UsageException">There is no <c>fhir.jsonl</c>, or it cannot be understood.</exception>
    public static IEnumerable<FoundReading> Read(string folder)
    {
        var path = Path.Combine(folder, "fhir.jsonl");
        return ReadableFile.Read(path, File.Exists) ? ReadFile(path) : throw new UsageException($"{path}: is not there");
    }

    private static IEnumerable<FoundReading> ReadFile(string path)
    {
        var file = new FhirFile();
        foreach (var line in LineReader.Read(path))
        {
            Json.Parse(path, line, file.Take);
        }

        return file.Readings();
    }

    private bool Take(JsonElement line)
    {
        var (id, version, resource) = (line.GetProperty("id").GetString()!, line.GetProperty("version").GetInt32(), line.GetProperty("resource"));
        switch (line.GetProperty("type").GetString())
        {
            case "Observation" when version >= _observations.GetValueOrDefault(id).Version:
                _observations[id] = (version, Seen.Of(resource));
                break;
            case "Device" when version >= _serials.GetValueOrDefault(id).Version:
                _serials[id] = (version, resource.TryGetProperty("serialNumber", out var serial) ? serial.GetString()! : "(no serial)");
                break;
        }

        return true;
    }

    private IEnumerable<FoundReading> Readings()
    {
        foreach (var (id, (_, seen)) in _observations)
        {
            if (seen is { } found)
            {
                yield return new FoundReading(id, new ReadingKey(SerialOf(found.Device), found.Kind, found.Instant, found.Value));
            }
        }
    }

    private string SerialOf(string reference)
    {
        var parts = reference.Split('/');
        var at = Array.LastIndexOf(parts, "Device");
        return at >= 0 && at + 1 < parts.Length && _serials.TryGetValue(parts[at + 1], out var device) ? device.Serial : "(unknown device)";
    }

    private readonly record struct Seen(string Device, string Kind, DateTimeOffset Instant, string Value)
    {
        /// <summary>Null for one withdrawn as entered in error: it is no reading any more.</summary>
        public static Seen? Of(JsonElement observation)
        {
            if (observation.GetProperty("status").GetString() == "entered-in-error")
            {
                return null;
            }

            var kind = ObservationText.Kind(observation);
            return new Seen(
                observation.TryGetProperty("device", out var device) && device.TryGetProperty("reference", out var reference) ? string.Intern(reference.GetString()!) : "",
                string.Intern(kind),
                ObservationText.Instant(observation) ?? DateTimeOffset.MinValue,
                string.Intern(ObservationText.Value(observation, kind)));
        }
    }
}
