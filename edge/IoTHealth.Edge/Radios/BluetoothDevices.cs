using System.Collections.Concurrent;
using System.Globalization;
using IoTHealth.Devices;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Registry;
using IoTHealth.Links.Bluetooth;

namespace IoTHealth.Edge.Radios;

/// <summary>
/// Serves every registered Bluetooth LE device: connects whenever it is in reach, runs its driver, and waits for it again. One
/// device's trouble is its own.
/// </summary>
public sealed partial class BluetoothDevices(
    EdgeConfiguration configuration, DeviceRegistry registry, IMeasurementSink sink, TimeProvider time, ILogger<BluetoothDevices> logger) : BackgroundService
{
    private const string Waiting = "waiting for it to come into reach";

    // A device that is done and still advertises is not asked again at once.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, string> _states = new(StringComparer.Ordinal);
    private volatile BluezCentral? _central;

    /// <summary>What each device is doing, by its key: <c>connected</c>, or why not.</summary>
    public IEnumerable<KeyValuePair<string, string>> States =>
        _states.Select(state => _central?.Trouble is { } trouble && state.Value == Waiting ? KeyValuePair.Create(state.Key, trouble) : state);

    /// <summary>Reads the passkeys, so that a missing one stops the start.</summary>
    /// <exception cref="IOException">A passkey file is missing, readable by others or holds no six digits.</exception>
    public static PeripheralAddress AddressOf(GattDevice device) => new(
        device.Radio.Address, device.Radio.Adapter, device.Radio.PasskeyFile is { } file ? Passkey(file) : null);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var devices = registry.Devices.OfType<GattDevice>().Select(device => (Device: device, Address: AddressOf(device))).ToList();
        if (devices.Count == 0)
        {
            return;
        }

        var options = configuration.Bluetooth is { } bluetooth ? new BluezOptions { Bus = bluetooth.Bus } : new BluezOptions();
        await using var central = new BluezCentral(options, logger, time);
        _central = central;
        await Task.WhenAll(devices.Select(one => ServeAsync(central, one.Device, one.Address, stoppingToken)));
    }

    private async Task ServeAsync(BluezCentral central, GattDevice device, PeripheralAddress address, CancellationToken cancellation)
    {
        for (var failures = 0; !cancellation.IsCancellationRequested; failures++)
        {
            try
            {
                Report(device, Waiting);
                await using var peripheral = await central.ConnectAsync(address, cancellation);
                Report(device, "connected");
                failures = 0;
                await device.Driver.RunAsync(peripheral, device.Context, sink, cancellation);
            }
            catch (Exception) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                Report(device, e.Message);
            }

            await Backoff.WaitAsync(Backoff.Of(failures, FirstPause, LongestPause), time, cancellation);
        }
    }

    private void Report(GattDevice device, string state)
    {
        if (_states.GetValueOrDefault(device.Context.Key) != state)
        {
            _states[device.Context.Key] = state;
            LogState(logger, device.Context.Key, device.Radio.Address, state);
        }
    }

    private static uint Passkey(string file)
    {
        var text = SecretFile.ReadText(file);
        return text.Length == 6 && uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var passkey)
            ? passkey
            : throw new IOException($"{file}: a passkey is six digits");
    }

    [LoggerMessage(LogLevel.Information, "The Bluetooth device {Device} ({Address}): {State}")]
    private static partial void LogState(ILogger logger, string device, string address, string state);
}
