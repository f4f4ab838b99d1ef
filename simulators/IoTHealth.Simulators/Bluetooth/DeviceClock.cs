namespace IoTHealth.Simulators.Bluetooth;

/// <summary>A device's clock: local time without a zone, right only once it has been set.</summary>
internal sealed class DeviceClock
{
    private static readonly DateTime FactoryTime = new(2000, 1, 1);
    private readonly TimeProvider _true;
    private readonly TimeZoneInfo _zone;
    private long _error;

    /// <param name="unset">It began to count from 2000-01-01 just now.</param>
    public DeviceClock(TimeProvider clock, TimeZoneInfo zone, bool unset)
    {
        (_true, _zone) = (clock, zone);
        _error = unset ? (FactoryTime - TrueNow).Ticks : 0;
    }

    /// <summary>What it shows.</summary>
    public DateTime Now => TrueNow + Error;

    /// <summary>What it shows minus true local time.</summary>
    public TimeSpan Error => TimeSpan.FromTicks(Interlocked.Read(ref _error));

    private DateTime TrueNow => TimeZoneInfo.ConvertTime(_true.GetUtcNow(), _zone).DateTime;

    public void Set(DateTime shown) => Interlocked.Exchange(ref _error, (shown - TrueNow).Ticks);
}
