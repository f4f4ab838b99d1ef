using IoTHealth.Devices;
using IoTHealth.Edge.Registry;

namespace IoTHealth.Edge.Lines;

/// <summary>
/// Serves every registered serial line: opens it, runs the device's driver, and opens it again after a hang-up or while it is
/// not plugged in.
/// </summary>
public sealed partial class SerialLines : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, SerialDevice> _devices;
    private readonly IMeasurementSink _sink;
    private readonly LinkKeeper _keeper;

    public SerialLines(DeviceRegistry registry, IMeasurementSink sink, TimeProvider time, ILogger<SerialLines> logger)
    {
        _devices = registry.Devices.OfType<SerialDevice>().ToDictionary(device => device.Context.Key, StringComparer.Ordinal);
        _sink = sink;
        _keeper = new LinkKeeper(FirstPause, LongestPause, FirstPause, time, (key, state, isTrouble) => LogState(
            logger, isTrouble ? LogLevel.Warning : LogLevel.Information, key, _devices[key].Line.Path ?? _devices[key].Line.Usb, state));
    }

    /// <summary>What each line is doing, by device key: <c>connected</c>, or why not.</summary>
    public IReadOnlyDictionary<string, string> States => _keeper.States;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_devices.Values.Select(device => _keeper.ServeAsync(device.Context.Key, report => ServeAsync(device, report, stoppingToken), stoppingToken)));

    private async Task ServeAsync(SerialDevice device, Action<string> report, CancellationToken cancellation)
    {
        await using var port = device.Open();
        report(LinkKeeper.Connected);
        await device.Driver.RunAsync(port, device.Context, _sink, cancellation);
    }

    [LoggerMessage("The line of {Device} ({Path}): {State}")]
    private static partial void LogState(ILogger logger, LogLevel level, string device, string? path, string state);
}
