namespace IoTHealth.Links.Bluetooth;

/// <summary>Does one thing, once, when disposed.</summary>
internal sealed class Release(Action release) : IDisposable
{
    private int _isDone;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDone, 1) == 0)
        {
            release();
        }
    }
}
