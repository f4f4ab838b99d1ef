using System.Globalization;
using IoTHealth.Devices;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Lines;
using IoTHealth.Edge.Pairing;
using IoTHealth.Edge.Registry;
using IoTHealth.Links.Bluetooth;

namespace IoTHealth.Edge.Radios;

/// <summary>
/// Serves every registered Bluetooth LE device: connects whenever it is in reach, runs its driver, and waits for it again. Devices come
/// and go with the configuration, each by itself.
/// </summary>
public sealed partial class BluetoothDevices : IHostedService, IReconfigurable, IAsyncDisposable
{
    private const string Waiting = "waiting for it to come into reach";

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    // A device that was read and still advertises is not asked again at once: it would empty its battery. Those with something new
    // to tell advertise for half a minute and more.
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan AfterTalk = TimeSpan.FromSeconds(3);

    // How BlueZ says that a characteristic is for paired centrals only.
    private static readonly string[] Unpaired = ["NotPermitted", "NotAuthorized", "Insufficient", "Not paired"];

    private readonly DeviceRegistry _registry;
    private readonly BluezOptions _options;
    private readonly IMeasurementSink _sink;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LinkKeeper _keeper;
    private readonly PairingList? _pairing;
    private readonly LinkLoops<GattDevice> _loops;

    private volatile BluezCentral? _central;

    private ITimer? _looking;

    public BluetoothDevices(
        EdgeConfiguration configuration, DeviceRegistry registry, IMeasurementSink sink, TimeProvider time, ILogger<BluetoothDevices> logger,
        PairingList? pairing = null)
    {
        _options = configuration.Bluetooth is { } bluetooth ? new BluezOptions { Bus = bluetooth.Bus } : new BluezOptions();
        (_registry, _sink, _time, _logger, _pairing) = (registry, sink, time, logger, pairing);
        _keeper = new LinkKeeper(FirstPause, LongestPause, AfterTalk, time, (key, state, isTrouble) => LogState(
            logger, isTrouble ? LogLevel.Warning : LogLevel.Information, key, state));
        _loops = new LinkLoops<GattDevice>(
            (device, cancellation) => _keeper.ServeAsync(device.Context.Key, report => ServeAsync(device, report, cancellation), cancellation), time);
    }

    /// <summary>What each device is doing, by its key: <c>connected</c>, or why not.</summary>
    public IEnumerable<KeyValuePair<string, string>> States =>
        _keeper.States.Select(state => state.Value == Waiting && Why(state.Key) is { } why ? KeyValuePair.Create(state.Key, why) : state);

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var device in _registry.Devices.OfType<GattDevice>())
        {
            AddressOf(device);
        }

        return ServeAsync(_registry.Devices);
    }

    public Task ApplyAsync(EdgeConfiguration now) => ServeAsync(_registry.Devices);

    public Task StopAsync(CancellationToken cancellationToken) => ServeAsync([]).WaitAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        _looking?.Dispose();

        // Disposed of twice: it is a service by itself, and a hosted one.
        if (Interlocked.Exchange(ref _central, null) is { } central)
        {
            await central.DisposeAsync();
        }
    }

    /// <summary>Reads the passkey, so that a missing one stops the start.</summary>
    /// <exception cref="IOException">A passkey file is missing, readable by others or holds no six digits.</exception>
    public static PeripheralAddress AddressOf(GattDevice device) => new(
        device.Radio.Address, device.Radio.Adapter, device.Radio.PasskeyFile is { } file ? Passkey(file) : null);

    // Of those that offer a service we have a driver for.
    private void Look()
    {
        var services = _registry.Catalog.Gatt.Values.Select(driver => driver.Service).ToHashSet();
        foreach (var heard in _central?.InReach.Where(heard => heard.Services.Any(services.Contains)) ?? [])
        {
            if (!_registry.Devices.OfType<GattDevice>().Any(device => device.Radio.Address.Equals(heard.Address, StringComparison.OrdinalIgnoreCase)))
            {
                _pairing?.Note("bluetooth", heard.Address, heard.Name);
            }
        }
    }

    private string? Why(string key) => _central is not { } central ? null
        : central.Trouble ?? (_registry.Find(key) is GattDevice device ? central.Waiting(device.Radio.Address) : null);

    private async Task ServeAsync(IEnumerable<RegisteredDevice> devices)
    {
        var wanted = devices.OfType<GattDevice>().ToList();
        if (wanted.Count > 0)
        {
            // Not before somebody is wanted: a box without Bluetooth has nothing to complain of.
            _central ??= new BluezCentral(_options, _logger, _time);
            _looking ??= _time.CreateTimer(_ => Look(), null, LookInterval, LookInterval);
        }

        _keeper.Forget(await _loops.ServeAsync(wanted));
    }

    private async Task ServeAsync(GattDevice device, Action<string> report, CancellationToken cancellation)
    {
        report(Waiting);
        var address = AddressOf(device);
        await using var peripheral = await _central!.ConnectAsync(address, cancellation);
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
