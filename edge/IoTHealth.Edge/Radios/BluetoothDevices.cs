using System.Globalization;
using IoTHealth.Devices;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Lines;
using IoTHealth.Edge.Registry;
using IoTHealth.Links.Bluetooth;

namespace IoTHealth.Edge.Radios;

/// <summary>
/// Serves every registered Bluetooth LE device: connects whenever it is in reach, runs its driver, and waits for it again.
/// </summary>
public sealed partial class BluetoothDevices : BackgroundService
{
    private const string Waiting = "waiting for it to come into reach";

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    // A device that was read and still advertises is not asked again at once: it would empty its battery. Those with something new
    // to tell advertise for half a minute and more.
    private static readonly TimeSpan AfterTalk = TimeSpan.FromSeconds(3);

    // How BlueZ says that a characteristic is for paired centrals only.
    private static readonly string[] Unpaired = ["NotPermitted", "NotAuthorized", "Insufficient", "Not paired"];

    private readonly Dictionary<string, GattDevice> _devices;
    private readonly BluezOptions _options;
    private readonly IMeasurementSink _sink;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LinkKeeper _keeper;

    private volatile BluezCentral? _central;

    public BluetoothDevices(
        EdgeConfiguration configuration, DeviceRegistry registry, IMeasurementSink sink, TimeProvider time, ILogger<BluetoothDevices> logger)
    {
        _devices = registry.Devices.OfType<GattDevice>().ToDictionary(device => device.Context.Key, StringComparer.Ordinal);
        _options = configuration.Bluetooth is { } bluetooth ? new BluezOptions { Bus = bluetooth.Bus } : new BluezOptions();
        (_sink, _time, _logger) = (sink, time, logger);
        _keeper = new LinkKeeper(FirstPause, LongestPause, AfterTalk, time, (key, state, isTrouble) => LogState(
            logger, isTrouble ? LogLevel.Warning : LogLevel.Information, key, state));
    }

    /// <summary>What each device is doing, by its key: <c>connected</c>, or why not.</summary>
    public IEnumerable<KeyValuePair<string, string>> States =>
        _keeper.States.Select(state => state.Value == Waiting && (_central?.Trouble ?? _central?.Waiting(_devices[state.Key].Radio.Address)) is { } why
            ? KeyValuePair.Create(state.Key, why)
            : state);

    /// <summary>Reads the passkey, so that a missing one stops the start.</summary>
    /// <exception cref="IOException">A passkey file is missing, readable by others or holds no six digits.</exception>
    public static PeripheralAddress AddressOf(GattDevice device) => new(
        device.Radio.Address, device.Radio.Adapter, device.Radio.PasskeyFile is { } file ? Passkey(file) : null);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var addresses = _devices.Values.ToDictionary(device => device, AddressOf);
        if (addresses.Count == 0)
        {
            return;
        }

        await using var central = new BluezCentral(_options, _logger, _time);
        _central = central;
        await Task.WhenAll(addresses.Select(one => _keeper.ServeAsync(
            one.Key.Context.Key, report => ServeAsync(central, one.Key, one.Value, report, stoppingToken), stoppingToken)));
    }

    private async Task ServeAsync(
        BluezCentral central, GattDevice device, PeripheralAddress address, Action<string> report, CancellationToken cancellation)
    {
        report(Waiting);
        await using var peripheral = await central.ConnectAsync(address, cancellation);
        report(LinkKeeper.Connected);
        try
        {
            await device.Driver.RunAsync(peripheral, device.Context, _sink, cancellation);
        }
        catch (IOException e) when (address.Passkey is null && Unpaired.Any(word => e.Message.Contains(word, StringComparison.Ordinal)))
        {
            throw new IOException($"{e.Message} (it wants to be paired; where a passkey stands on it, set radio.passkeyFile)", e);
        }
    }

    private static uint Passkey(string file)
    {
        var text = SecretFile.ReadText(file);
        return text.Length == 6 && uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var passkey)
            ? passkey
            : throw new IOException($"{file}: a passkey is six digits");
    }

    [LoggerMessage("The Bluetooth device {Device}: {State}")]
    private static partial void LogState(ILogger logger, LogLevel level, string device, string state);
}
