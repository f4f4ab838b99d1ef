using System.Collections.Concurrent;
using IoTHealth.Devices;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Registry;

namespace IoTHealth.Edge.Lines;

/// <summary>
/// Serves every registered serial line: opens it, runs the device's driver, and opens it again after a hang-up or while it is
/// not plugged in. One line's trouble is its own.
/// </summary>
public sealed partial class SerialLines(DeviceRegistry registry, IMeasurementSink sink, TimeProvider time, ILogger<SerialLines> logger) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, string> _states = new(StringComparer.Ordinal);

    /// <summary>What each line is doing, by device key: <c>connected</c>, or why not.</summary>
    public IReadOnlyDictionary<string, string> States => _states;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(registry.Devices.OfType<SerialDevice>().Select(device => ServeAsync(device, stoppingToken)));

    private async Task ServeAsync(SerialDevice device, CancellationToken cancellation)
    {
        for (var failures = 0; !cancellation.IsCancellationRequested; failures++)
        {
            try
            {
                await using var port = device.Open();
                Report(device, "connected");
                failures = 0;
                await device.Driver.RunAsync(port, device.Context, sink, cancellation);
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

    private void Report(SerialDevice device, string state)
    {
        if (_states.GetValueOrDefault(device.Context.Key) != state)
        {
            _states[device.Context.Key] = state;
            LogState(logger, device.Context.Key, device.Line.Path ?? device.Line.Usb, state);
        }
    }

    [LoggerMessage(LogLevel.Information, "The line of {Device} ({Path}): {State}")]
    private static partial void LogState(ILogger logger, string device, string? path, string state);
}
