namespace IoTHealth.Links.Bluetooth;

/// <summary>The right to one connection on an adapter, until disposed.</summary>
/// <param name="Device">The device as that adapter reaches it.</param>
/// <param name="Hold">The right.</param>
internal sealed record ConnectionSlot(BluezDevice Device, IDisposable Hold) : IDisposable
{
    public void Dispose() => Hold.Dispose();
}
