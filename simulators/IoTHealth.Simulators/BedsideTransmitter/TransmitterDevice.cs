using System.Text.Json;
using IoTHealth.Simulators.CommandLine;
using IoTHealth.Simulators.Mqtt;

namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary>One line of a list of implants.</summary>
/// <param name="Credential">What its transmitter signs in with by MQTT; null where the list names none.</param>
internal sealed record TransmitterDevice(Implant Implant, DeviceCredential? Credential)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    /// <summary>Reads <c>[{"serial":…,"model":…,"kind":…,"key":…,"passwordFile":…}]</c>; the last two for MQTT alone, files relative to the list.</summary>
    /// <exception cref="UsageException">It cannot be understood, or names a serial number twice.</exception>
    public static IReadOnlyList<TransmitterDevice> ReadAll(string path)
    {
        var lines = ReadableFile.Read(path, p => Parse(p, File.ReadAllBytes(p)));
        var repeated = lines.GroupBy(line => line.Serial).FirstOrDefault(group => group.Count() > 1);
        return lines.Count == 0 ? throw new UsageException($"{path}: names no device")
            : repeated is not null ? throw new UsageException($"{path}: device '{repeated.Key}' is named twice")
            : [.. lines.Select(line => Complete(path, line))];
    }

    /// <exception cref="UsageException">One of them cannot stand in a message or in a file's name.</exception>
    public static Implant Described(string where, string? serial, string? model, string? kind)
    {
        if (!IsPlain(serial) || !IsPlain(model))
        {
            throw new UsageException($"{where}: '{serial}' and '{model}' are no serial number and model; letters, digits, spaces, points and dashes can stand in both");
        }

        return ImplantKinds.Find(kind ?? "ddd") is { } known
            ? new Implant(serial!, model!, known)
            : throw new UsageException($"{where}: '{kind}' is none of {ImplantKinds.Names}");
    }

    private static bool IsPlain(string? text) => text is { Length: > 0 } && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is ' ' or '.' or '-' or '_');

    private static List<Line> Parse(string path, byte[] bytes)
    {
        try
        {
            return JsonSerializer.Deserialize<List<Line>>(bytes, Format) ?? [];
        }
        catch (JsonException malformed)
        {
            throw new UsageException($"{path}: {malformed.Message}", malformed);
        }
    }

    private static TransmitterDevice Complete(string path, Line line)
    {
        var implant = Described(path, line.Serial, line.Model, line.Kind);
        if (line.Key is not { Length: > 0 } key || line.PasswordFile is not { Length: > 0 } secret)
        {
            return new TransmitterDevice(implant, null);
        }

        var file = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, secret);
        return new TransmitterDevice(implant, new DeviceCredential(key, implant.Serial, ReadableFile.Read(file, File.ReadAllText).TrimEnd('\r', '\n')));
    }

    private sealed record Line(string? Serial, string? Model, string? Kind, string? Key, string? PasswordFile);
}
