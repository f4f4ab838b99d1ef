namespace IoTHealth.Links.Bluetooth;

/// <summary>The right to one connection on an adapter, until disposed.</summary>
/// <param name="Device">The device as that adapter reaches it.</param>
/// <param name="Turn">The right to be the one whom the adapter is connecting with; to be disposed when that has succeeded or failed.</param>
/// <param name="Place">The place among the adapter's connections.</param>
internal sealed record ConnectionSlot(BluezDevice Device, IDisposable Turn, IDisposable Place) : IDisposable
{
    public void Dispose()
    {
        Turn.Dispose();
        Place.Dispose();
    }
}
