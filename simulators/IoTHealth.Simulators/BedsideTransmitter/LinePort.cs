using IoTHealth.Simulators.Serial;

namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary>A serial line, a pseudo-terminal the transmitter makes.</summary>
internal sealed class LinePort(DevicePort port) : IMllpPort
{
    private static readonly TimeSpan OutFor = TimeSpan.FromMilliseconds(300);

    public async Task OpenAsync(CancellationToken stop)
    {
        await port.OpenedAsync(stop);
        port.Forget();
    }

    public Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop) => port.SendAsync(bytes, stop);

    public Task<byte?> ReadAsync(TimeSpan patience, CancellationToken stop) => port.ReadAsync(patience, stop);

    public Task BreakAsync(CancellationToken stop) => port.ReplugAsync(OutFor, stop);

    public void Dispose() => port.Dispose();
}
