using System.Globalization;
using System.Text.Json;
using IoTHealth.Simulators.Bluetooth.Gatt;
using IoTHealth.Simulators.CommandLine;

namespace IoTHealth.Simulators.Bluetooth;

/// <summary>What a simulated Bluetooth device is.</summary>
internal enum BluetoothKind
{
    BloodPressureCuff,
    GlucoseMeter,
}

/// <summary>One device a simulator plays.</summary>
/// <param name="Records">Results in a meter's memory.</param>
internal sealed record BluetoothDevice(BluetoothKind Kind, DeviceIdentity Identity, int Records)
{
    public const string Cuff = "blood-pressure-cuff";
    public const string Meter = "glucose-meter";
    public const int StandardRecords = 480;
    private const int LargestPasskey = 999_999;
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web);

    /// <summary>Reads <c>[{"kind":…,"serial":…,"address":…,"passkey":null,"records":480,"pairing":true}]</c>.</summary>
    /// <exception cref="UsageException">The file cannot be read, or a device in it cannot be played.</exception>
    public static IReadOnlyList<BluetoothDevice> ReadAll(string path)
    {
        var lines = ReadableFile.Read(path, p => Parse(p, File.ReadAllBytes(p)));
        BluetoothDevice[] devices = [.. lines.Select((line, n) => Complete($"{path}, device {n + 1}", line))];
        var repeated = Repeated(devices.Select(device => device.Identity.Serial)) ?? Repeated(devices.Select(device => device.Identity.Address));
        return (devices, repeated) switch
        {
            ([], _) => throw new UsageException($"{path}: names no device"),
            (_, { } twice) => throw new UsageException($"{path}: '{twice}' is named twice"),
            _ => devices,
        };
    }

    /// <param name="where">What is wrong is told with it.</param>
    /// <exception cref="UsageException">One of them cannot be used.</exception>
    public static BluetoothDevice Of(string where, string kind, string serial, string address, string? passkey, int records, bool pairing)
    {
        if (kind is not (Cuff or Meter))
        {
            throw new UsageException($"{where}: kind '{kind}' is neither {Cuff} nor {Meter}");
        }

        if (serial.Length == 0 || !serial.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-'))
        {
            throw new UsageException($"{where}: serial '{serial}' is not of letters, digits and hyphens");
        }

        if (address.Split(':') is not { Length: 6 } pairs || !pairs.All(pair => pair.Length == 2 && pair.All(char.IsAsciiHexDigitUpper)))
        {
            throw new UsageException($"{where}: address '{address}' is not like C0:26:DA:00:00:01");
        }

        var isCuff = kind == Cuff;
        var name = $"{(isCuff ? BloodPressureCuff.Cuff.Model : GlucoseMeter.BleGlucoseMeter.Model)} {serial}";
        return records is < 1 or > GlucoseMeter.MeterMemory.MostRecords
            ? throw new UsageException($"{where}: records: {records} is not between 1 and {GlucoseMeter.MeterMemory.MostRecords}")
            : new BluetoothDevice(
                isCuff ? BluetoothKind.BloodPressureCuff : BluetoothKind.GlucoseMeter,
                new DeviceIdentity(serial, address, name, pairing, ReadPasskey(where, passkey)),
                records);
    }

    private static int? ReadPasskey(string where, string? passkey)
    {
        if (passkey is null)
        {
            return null;
        }

        return int.TryParse(passkey, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= LargestPasskey
            ? number
            : throw new UsageException($"{where}: the passkey is not of six digits");
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

    private static BluetoothDevice Complete(string where, Line line) => Of(
        where, line.Kind ?? "", line.Serial ?? "", line.Address ?? "", line.Passkey, line.Records ?? StandardRecords, line.Pairing ?? true);

    private static string? Repeated(IEnumerable<string> names) => names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1)?.Key;

    private sealed record Line(string? Kind, string? Serial, string? Address, string? Passkey, int? Records, bool? Pairing);
}
