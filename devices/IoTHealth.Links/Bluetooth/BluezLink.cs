using IoTHealth.Links.DBus;

namespace IoTHealth.Links.Bluetooth;

/// <summary>One device on one bus connection.</summary>
/// <param name="Path">Path of the device.</param>
internal sealed record BluezLink(BusConnection Bus, BluezObjects Objects, TimeProvider Time, string Address, string Path)
{
    private static readonly TimeSpan DisconnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Ends the connection, or an attempt at one, and waits until BlueZ tells that it has ended; five seconds at most, and half a second
    /// from the stop.
    /// </summary>
    public async Task DisconnectAsync(CancellationToken stopping)
    {
        using var late = new CancellationTokenSource(DisconnectTimeout, Time);
        await using var stop = stopping.Register(() => late.CancelAfter(StopTimeout));
        try
        {
            await Bus.CallAsync(BluezName.Service, Path, BluezName.Device, "Disconnect", late.Token);
            await Objects.Changes.HoldsAsync(() => !IsConnected, late.Token);
        }
        catch (Exception e) when (e is IOException or BusException or OperationCanceledException)
        {
            // BlueZ, the bus or the device is gone, and so is the connection; or BlueZ is stuck, and the next attempt says so.
        }
    }

    /// <summary>Waits until BlueZ tells so of the device, a while at most.</summary>
    public async Task SettleAsync(Func<BluezDevice?, bool> condition, TimeSpan longest, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(longest, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            await Objects.Changes.HoldsAsync(() => condition(Objects.Device(Path)), either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // It stays as it is.
        }
    }

    /// <summary>A path of the device's, as it is with every adapter.</summary>
    public string Below(string path) => path[Path.Length..];

    private bool IsConnected => Objects.Device(Path) is { IsConnected: true };
}
