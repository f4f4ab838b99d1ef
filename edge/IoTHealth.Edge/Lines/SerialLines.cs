using IoTHealth.Devices;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Pairing;
using IoTHealth.Edge.Registry;

namespace IoTHealth.Edge.Lines;

/// <summary>
/// Serves every registered serial line: opens it, runs the device's driver, and opens it again after a hang-up or while it is
/// not plugged in. Lines come and go with the configuration, each by itself.
/// </summary>
public sealed partial class SerialLines : IHostedService, IReconfigurable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly DeviceRegistry _registry;
    private readonly IMeasurementSink _sink;
    private readonly LinkKeeper _keeper;
    private readonly LinkLoops<SerialDevice> _loops;

    public SerialLines(DeviceRegistry registry, IMeasurementSink sink, TimeProvider time, ILogger<SerialLines> logger, PairingList? pairing = null)
    {
        (_registry, _sink) = (registry, new StrangerSink(sink, pairing));
        _keeper = new LinkKeeper(FirstPause, LongestPause, FirstPause, time, (key, state, isTrouble) => LogState(
            logger, isTrouble ? LogLevel.Warning : LogLevel.Information, key, (registry.Find(key) as SerialDevice)?.Place, state));
        _loops = new LinkLoops<SerialDevice>(
            (device, cancellation) => _keeper.ServeAsync(device.Context.Key, report => ServeAsync(device, report, cancellation), cancellation), time);
    }

    /// <summary>What each line is doing, by device key: <c>connected</c>, or why not.</summary>
    public IReadOnlyDictionary<string, string> States => _keeper.States;

    public Task StartAsync(CancellationToken cancellationToken) => ServeAsync(_registry.Devices);

    public Task ApplyAsync(EdgeConfiguration now) => ServeAsync(_registry.Devices);

    public Task StopAsync(CancellationToken cancellationToken) => ServeAsync([]).WaitAsync(cancellationToken);

    private async Task ServeAsync(IEnumerable<RegisteredDevice> devices) => _keeper.Forget(await _loops.ServeAsync(devices.OfType<SerialDevice>()));

    private async Task ServeAsync(SerialDevice device, Action<string> report, CancellationToken cancellation)
    {
        await using var port = device.Open();
        report(LinkKeeper.Connected);
        await device.Driver.RunAsync(port, device.Context, _sink, cancellation);
    }

    [LoggerMessage("The line of {Device} ({Path}): {State}")]
    private static partial void LogState(ILogger logger, LogLevel level, string device, string? path, string state);
}
