using System.Text.Json;
using IoTHealth.Links.DBus;
using IoTHealth.Simulators.Tests.Support;
using IoTHealth.Testing;
using TestFolder = IoTHealth.Simulators.Tests.Support.TestFolder;

namespace IoTHealth.Simulators.Tests.Bluetooth;

/// <summary>The whole mock on a real dbus-daemon, driven call by call.</summary>
public sealed class BluetoothDevicesTests : IAsyncLifetime
{
    private const string Cuff = "/org/bluez/hci0/dev_C0_26_DA_00_00_01";
    private const string Meter = "/org/bluez/hci0/dev_C0_26_DA_00_00_02";
    private const string Device = "org.bluez.Device1";
    private const string CuffLine = """{"kind":"blood-pressure-cuff","serial":"B-0001","address":"C0:26:DA:00:00:01","passkey":null}""";
    private const string MeterLine = """{"kind":"glucose-meter","serial":"G-0001","address":"C0:26:DA:00:00:02","records":480}""";
    private readonly TestFolder _folder = new();
    private DbusDaemon _daemon = null!;

    public async ValueTask InitializeAsync() => _daemon = await DbusDaemon.StartAsync(_folder["dbus"]);

    public async ValueTask DisposeAsync()
    {
        await _daemon.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_cuff_appears_after_a_measurement_pairs_indicates_and_forgets()
    {
        await using var mock = await StartAsync(CuffLine, "--every", "1h");
        await using var central = await RawCentral.OpenAsync(_daemon.Address);
        Assert.DoesNotContain(Cuff, (await central.ObjectsAsync()).Keys);
        await central.DiscoverAsync();
        await central.PairAsync(Cuff);
        Assert.Equal(["RequestConfirmation"], central.Asked);
        Assert.Equal(true, await central.PropertyAsync(Cuff, "Paired"));
        Assert.Equal("B-0001", System.Text.Encoding.UTF8.GetString(await central.ReadAsync(Cuff, 0x2A25)));
        Assert.Equal([0x1F, 0], await central.ReadAsync(Cuff, 0x2A49));

        // The second one of the session may be measured only now; it goes the same way.
        await central.NotifyAsync(Cuff, 0x2A35);
        var path = await central.PathAsync(Cuff, 0x2A35);
        var values = (await central.ValuesAsync(path, seen => seen.Length == 2)).Select(Told);
        await central.SeesAsync(Cuff, "Connected", false);
        Assert.Equal(Events("B-0001.device", "measured").Select(Hex), values);
        Assert.Equal([1, 2], Events("B-0001.device", "sent").Select(Index));
        Assert.Equal(0, await mock.StopAsync());
    }

    [Fact]
    public async Task Protected_values_are_for_paired_centrals_only()
    {
        await using var mock = await StartAsync(CuffLine, "--every", "1h");
        await using var central = await RawCentral.OpenAsync(_daemon.Address, agent: false);
        await central.DiscoverAsync();
        await central.ConnectAsync(Cuff);
        Assert.Equal("B-0001", System.Text.Encoding.UTF8.GetString(await central.ReadAsync(Cuff, 0x2A25)));
        Assert.Equal("org.bluez.Error.NotPermitted", await ErrorAsync(() => central.NotifyAsync(Cuff, 0x2A35)));
        Assert.Equal("org.bluez.Error.NotPermitted", await ErrorAsync(() => central.ReadAsync(Cuff, 0x2A2B)));
        Assert.Equal("org.bluez.Error.NotSupported", await ErrorAsync(() => central.NotifyAsync(Cuff, 0x2A49)));
        Assert.Equal("org.bluez.Error.AuthenticationFailed", await ErrorAsync(() => central.CallAsync(Cuff, Device, "Pair", "")));
        Assert.Empty(Events("B-0001.device", "sent"));
    }

    [Theory]
    [InlineData(123456, true)]
    [InlineData(123457, false)]
    public async Task A_passkey_must_be_known(uint told, bool pairs)
    {
        await using var mock = await StartAsync(CuffLine.Replace("null", "\"123456\"", StringComparison.Ordinal), "--every", "1h");
        await using var central = await RawCentral.OpenAsync(_daemon.Address, told);
        await central.DiscoverAsync();
        await central.FindsAsync(Cuff);
        var error = await ErrorAsync(() => central.CallAsync(Cuff, Device, "Pair", ""));
        Assert.Equal(pairs ? null : "org.bluez.Error.AuthenticationFailed", error);
        Assert.Equal(["RequestPasskey"], central.Asked);
        Assert.Equal(pairs, await central.PropertyAsync(Cuff, "Paired"));
    }

    [Fact]
    public async Task A_device_that_asks_for_no_pairing_serves_everybody()
    {
        await using var mock = await StartAsync(CuffLine.Replace("\"passkey\":null", "\"pairing\":false", StringComparison.Ordinal), "--every", "1h", "--unit", "kPa", "--chaos", "absent-mean");
        await using var central = await RawCentral.OpenAsync(_daemon.Address);
        await central.DiscoverAsync();
        await central.ConnectAsync(Cuff);
        await central.NotifyAsync(Cuff, 0x2A35);
        var path = await central.PathAsync(Cuff, 0x2A35);
        var values = (await central.ValuesAsync(path, seen => seen.Length == 2)).Select(Told);
        Assert.Equal(Events("B-0001.device", "measured").Select(Hex), values);
        Assert.All(Events("B-0001.device", "measured"), line =>
        {
            Assert.EndsWith(" kPa", line.GetProperty("values").GetProperty("systolic").GetString(), StringComparison.Ordinal);
            Assert.Equal("absent", line.GetProperty("values").GetProperty("mean-pressure").GetString());
        });

        // Unpaired and gone: it is forgotten.
        await Eventually.SeesAsync("the cuff's end", _ => central.ObjectsAsync(), seen => !seen.ContainsKey(Cuff) && !seen.ContainsKey(path), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task An_unset_clock_is_told_and_set()
    {
        await using var mock = await StartAsync(CuffLine, "--every", "1s", "--chaos", "unset-clock");
        await using var central = await RawCentral.OpenAsync(_daemon.Address);
        await central.DiscoverAsync();
        await central.PairAsync(Cuff);
        Assert.Equal(2000, BitConverter.ToUInt16(await central.ReadAsync(Cuff, 0x2A2B)));
        await central.WriteAsync(Cuff, 0x2A2B, "EA070B18070C05020000");
        Assert.Equal(2026, BitConverter.ToUInt16(await central.ReadAsync(Cuff, 0x2A2B)));
        Assert.Equal("org.bluez.Error.Failed", await ErrorAsync(() => central.WriteAsync(Cuff, 0x2A2B, "EA070D18070C05020000")));
        await Eventually.HoldsAsync("a measurement by the new clock", () => Events("B-0001.device", "measured").Any(line => Time(line).StartsWith("2026-11-24T07:12", StringComparison.Ordinal)), TimeSpan.FromSeconds(10));
        Assert.StartsWith("2000-01-01T00:00:", Time(Events("B-0001.device", "measured")[0]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_memory_of_480_records_is_read_out_whole_and_the_response_comes_last()
    {
        await using var mock = await StartAsync(MeterLine, "--pace", "0s", "--rest", "100ms");
        await using var central = await RawCentral.OpenAsync(_daemon.Address);
        await central.DiscoverAsync();
        await central.PairAsync(Meter);
        Assert.Equal("org.bluez.Error.Failed", await ErrorAsync(() => central.WriteAsync(Meter, 0x2A52, "0101")));
        await central.NotifyAsync(Meter, 0x2A18, 0x2A34, 0x2A52);
        var (records, contexts, answers) = (await central.PathAsync(Meter, 0x2A18), await central.PathAsync(Meter, 0x2A34), await central.PathAsync(Meter, 0x2A52));
        await central.WriteAsync(Meter, 0x2A52, "0101");
        await central.ValuesAsync(answers, seen => seen.Length == 1);
        Assert.Equal("06000101", central.Values(answers)[0]);
        Assert.Equal(480, central.Values(records).Length);
        Assert.Equal(Enumerable.Range(1, 480), central.Values(records).Select(Sequence));
        Assert.Equal(Contexts(central.Values(records)), central.Values(contexts).Select(context => context[2..6]));
        Assert.Equal(Enumerable.Range(1, 480), Events("G-0001.meter", "acked").Select(Index));
        Assert.Equal([1], Uploads());

        // Two further procedures on the same connection.
        await central.WriteAsync(Meter, 0x2A52, "0401");
        await central.ValuesAsync(answers, seen => seen.Length == 2);
        await central.WriteAsync(Meter, 0x2A52, "010301DE01");
        await central.ValuesAsync(answers, seen => seen.Length == 3);
        Assert.Equal(["05 00 E0 01", "06 00 01 01"], central.Values(answers)[1..].Select(Spaced));
        Assert.Equal([478, 479, 480], central.Values(records)[480..].Select(Sequence));
        Assert.Equal([1, 2], Uploads());

        // Silence ends the connection; after a rest the meter is there again.
        await central.SeesAsync(Meter, "Connected", false);
        await central.CallAsync(Meter, Device, "Connect", "");
        await central.SeesAsync(Meter, "Connected", true);
        Assert.Equal(0, await mock.StopAsync());
    }

    [Fact]
    public async Task A_read_out_is_aborted_and_a_second_request_refused_meanwhile()
    {
        await using var mock = await StartAsync(MeterLine, "--pace", "20ms");
        await using var central = await RawCentral.OpenAsync(_daemon.Address);
        await central.DiscoverAsync();
        await central.PairAsync(Meter);
        await central.NotifyAsync(Meter, 0x2A18, 0x2A34, 0x2A52);
        var (records, answers) = (await central.PathAsync(Meter, 0x2A18), await central.PathAsync(Meter, 0x2A52));
        await central.WriteAsync(Meter, 0x2A52, "0101");
        await central.ValuesAsync(records, seen => seen.Length > 3);
        Assert.Equal("org.bluez.Error.Failed", await ErrorAsync(() => central.WriteAsync(Meter, 0x2A52, "0401")));
        await central.WriteAsync(Meter, 0x2A52, "0300");
        Assert.Equal(["06000301"], await central.ValuesAsync(answers, seen => seen.Length == 1));
        var until = central.Values(records).Length;
        Assert.InRange(until, 4, 470);
        await central.WriteAsync(Meter, 0x2A52, "0106");
        Assert.Equal(["06000301", "06000101"], await central.ValuesAsync(answers, seen => seen.Length == 2));
        Assert.Equal([.. Enumerable.Range(1, until), 480], central.Values(records).Select(Sequence));
        Assert.Empty(Uploads());
    }

    [Fact]
    public async Task A_meter_that_vanishes_in_the_middle_comes_back_and_completes()
    {
        await using var mock = await StartAsync(MeterLine.Replace("480", "60", StringComparison.Ordinal), "--chaos", "vanish,garbage,repeat,late", "--now", "2026-11-23T12:00");
        await using var central = await RawCentral.OpenAsync(_daemon.Address);
        await central.DiscoverAsync();
        await central.PairAsync(Meter);
        var (records, answers) = (await central.PathAsync(Meter, 0x2A18), await central.PathAsync(Meter, 0x2A52));
        await central.NotifyAsync(Meter, 0x2A18, 0x2A34, 0x2A52);
        await central.WriteAsync(Meter, 0x2A52, "0101");
        await central.SeesAsync(Meter, "Connected", false);
        Assert.Empty(central.Values(answers));
        var before = central.Values(records).Length;
        Assert.InRange(Events("G-0001.meter", "acked").Length, 28, 30);
        Assert.Equal("org.bluez.Error.Failed", await ErrorAsync(() => central.WriteAsync(Meter, 0x2A52, "0101")));

        await central.ConnectAsync(Meter);
        await central.NotifyAsync(Meter, 0x2A18, 0x2A34, 0x2A52);
        await central.WriteAsync(Meter, 0x2A52, "0101");
        await Eventually.HoldsAsync("an upload", () => Uploads().Length == 1, TimeSpan.FromSeconds(10));
        var again = (await central.ValuesAsync(records, seen => seen[^1].Length > 8 && Sequence(seen[^1]) == 60))[before..];
        Assert.Equal(["06000101"], central.Values(answers));
        Assert.Equal(Enumerable.Range(1, 60), again.Where(IsWhole).Select(Sequence).Distinct());
        Assert.Contains(again, value => !IsWhole(value));
        Assert.True(again.Where(IsWhole).Distinct().Count() < again.Count(IsWhole));
    }

    [Fact]
    public async Task Two_adapters_hear_a_device_and_one_has_it()
    {
        await using var mock = await StartAsync(MeterLine, "--adapters", "2");
        await using var central = await RawCentral.OpenAsync(_daemon.Address);
        await central.DiscoverAsync("hci0");
        await central.DiscoverAsync("hci1");
        var other = Meter.Replace("hci0", "hci1", StringComparison.Ordinal);
        await central.FindsAsync(other);
        await central.PairAsync(Meter);
        Assert.Equal("org.bluez.Error.InProgress", await ErrorAsync(() => central.DiscoverAsync()));
        await Eventually.SeesAsync("the other adapter's view to end", _ => central.ObjectsAsync(), seen => !seen.ContainsKey(other), TimeSpan.FromSeconds(5));
        await central.CallAsync("/org/bluez/hci0", "org.bluez.Adapter1", "RemoveDevice", "o", new ObjectPath(Meter));
        Assert.DoesNotContain(Meter, (await central.ObjectsAsync()).Keys);
    }

    [Fact]
    public async Task A_central_that_leaves_takes_its_discovery_with_it()
    {
        await using var mock = await StartAsync(MeterLine);
        await using (var first = await RawCentral.OpenAsync(_daemon.Address))
        {
            await first.DiscoverAsync();
        }

        await using var second = await RawCentral.OpenAsync(_daemon.Address);
        await Eventually.SeesAsync(
            "discovery to end",
            async _ => ((Dictionary<string, object>)((Dictionary<string, object>)(await second.ObjectsAsync())["/org/bluez/hci0"])["org.bluez.Adapter1"])["Discovering"],
            seen => seen is false,
            TimeSpan.FromSeconds(5));
        await second.DiscoverAsync();
        await second.FindsAsync(Meter);
    }

    [Theory]
    [InlineData("[]", "", "names no device")]
    [InlineData("""[{"kind":"scale","serial":"S-1","address":"C0:26:DA:00:00:01"}]""", "", "device 1: kind 'scale'")]
    [InlineData("""[{"kind":"glucose-meter","serial":"../x","address":"C0:26:DA:00:00:01"}]""", "", "device 1: serial '../x'")]
    [InlineData("""[{"kind":"glucose-meter","serial":"S-1","address":"C0-26-DA-00-00-01"}]""", "", "is not like C0:26:DA:00:00:01")]
    [InlineData("""[{"kind":"glucose-meter","serial":"S-1","address":"C0:26:DA:00:00:01","passkey":"12345678"}]""", "", "passkey is not of six digits")]
    [InlineData("""[{"kind":"glucose-meter","serial":"S-1","address":"C0:26:DA:00:00:01","records":0}]""", "", "records: 0")]
    [InlineData("""[{"kind":"glucose-meter","serial":"S-1","address":"C0:26:DA:00:00:01"},{"kind":"glucose-meter","serial":"S-2","address":"C0:26:DA:00:00:01"}]""", "", "'C0:26:DA:00:00:01' is named twice")]
    [InlineData("""[{"kind":"glucose-meter","serial":"S-1","address":"C0:26:DA:00:00:01"}]""", "--chaos drop", "'drop' is none of")]
    [InlineData("nonsense", "", "devices.json")]
    public async Task Bad_usage_is_2_and_says_what(string devices, string more, string said)
    {
        _folder.Write("devices.json", devices);
        var (code, _, error) = await RunningCommand.RunAsync(
            ["bluetooth-devices", "--bus", _daemon.Address, "--devices", _folder["devices.json"], "--out", _folder["out"], .. more.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.Equal(2, code);
        Assert.Contains(said, error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_bus_it_says_so()
    {
        _folder.Write("devices.json", $"[{CuffLine}]");
        var (code, _, error) = await RunningCommand.RunAsync(
            "bluetooth-devices", "--bus", "unix:path=/nowhere/bus", "--devices", _folder["devices.json"], "--out", _folder["out"]);
        Assert.Equal(2, code);
        Assert.NotEmpty(error);
    }

    private async Task<RunningCommand> StartAsync(string device, params string[] more)
    {
        _folder.Write("devices.json", $"[{device}]");
        var command = RunningCommand.Start(
            ["bluetooth-devices", "--bus", _daemon.Address, "--devices", _folder["devices.json"], "--out", _folder["out"], .. more]);
        await command.ReadyAsync();
        return command;
    }

    private static async Task<string?> ErrorAsync(Func<Task> call)
    {
        try
        {
            await call();
            return null;
        }
        catch (BusException error)
        {
            return error.Name;
        }
    }

    private JsonElement[] Events(string file, string what) => File.Exists(_folder[$"out/{file}.jsonl"])
        ? [.. SentLines.Of(_folder[$"out/{file}.jsonl"]).Where(line => line.GetProperty("event").GetString() == what)]
        : [];

    private int[] Uploads() => [.. Events("G-0001.meter", "uploaded").Select(line => line.GetProperty("upload").GetInt32())];

    private static int Index(JsonElement line) => line.GetProperty("index").GetInt32();

    private static string Time(JsonElement line) => line.GetProperty("time").GetString()!;

    private static int Sequence(string record) => Convert.ToInt32(record[4..6] + record[2..4], 16);

    private static string Spaced(string hex) => string.Join(' ', hex.Chunk(2).Select(pair => new string(pair)));

    // Without the parts that the flags announce, a value was cut short.
    private static bool IsWhole(string record) => record.Length == 2 * (13 + ((Convert.ToInt32(record[..2], 16) & 0x08) >> 2));

    private static IEnumerable<string> Contexts(string[] records) =>
        records.Where(record => (Convert.ToInt32(record[..2], 16) & 0x10) != 0).Select(record => record[2..6]);

    // Flags, user id and status are not in the account.
    private static string Told(string value) => value[2..^6];

    private static string Hex(JsonElement measured)
    {
        var values = measured.GetProperty("values");
        string Word(string sign) => values.GetProperty(sign).GetString() is "absent" ? "FF07" : Sfloat(values.GetProperty(sign).GetString()!.Split(' ')[0]);
        var time = DateTime.ParseExact(Time(measured), "yyyy-MM-dd'T'HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
        var stamp = $"{time.Year & 0xFF:X2}{time.Year >> 8:X2}{time.Month:X2}{time.Day:X2}{time.Hour:X2}{time.Minute:X2}{time.Second:X2}";
        return $"{Word("systolic")}{Word("diastolic")}{Word("mean-pressure")}{stamp}{Word("pulse-rate")}";
    }

    private static string Sfloat(string shown)
    {
        var point = shown.IndexOf('.', StringComparison.Ordinal);
        var digits = int.Parse(shown.Replace(".", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture);
        var word = digits | (point < 0 ? 0 : (16 - (shown.Length - point - 1)) << 12);
        return $"{word & 0xFF:X2}{word >> 8:X2}";
    }
}
