using System.Text.Json;
using IoTHealth.Simulators.CommandLine;

namespace IoTHealth.Simulators.Mqtt;

/// <summary>One device a simulator plays.</summary>
/// <param name="Key">Its key in the gateway's registry: user name, client id and part of the topic.</param>
/// <param name="Serial">Its serial number.</param>
/// <param name="Password">Its secret.</param>
internal sealed record DeviceCredential(string Key, string Serial, string Password)
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    /// <summary>Reads <c>[{"key":…,"serial":…,"passwordFile":…}]</c>; password files are relative to the list.</summary>
    public static IReadOnlyList<DeviceCredential> ReadAll(string path)
    {
        var lines = ReadableFile.Read(path, p => Parse(p, File.ReadAllBytes(p)));
        if (lines.Count == 0)
        {
            throw new UsageException($"{path}: names no device");
        }

        var repeated = lines.GroupBy(line => line.Key).FirstOrDefault(group => group.Count() > 1);
        return repeated is null
            ? [.. lines.Select(line => Complete(path, line))]
            : throw new UsageException($"{path}: device '{repeated.Key}' is named twice");
    }

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

    private static DeviceCredential Complete(string path, Line line)
    {
        if (string.IsNullOrEmpty(line.Key) || string.IsNullOrEmpty(line.Serial) || string.IsNullOrEmpty(line.PasswordFile))
        {
            throw new UsageException($"{path}: every device needs key, serial and passwordFile");
        }

        var secret = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, line.PasswordFile);
        return new DeviceCredential(line.Key, line.Serial, ReadableFile.Read(secret, File.ReadAllText).TrimEnd('\r', '\n'));
    }

    private sealed record Line(string? Key, string? Serial, string? PasswordFile);
}
