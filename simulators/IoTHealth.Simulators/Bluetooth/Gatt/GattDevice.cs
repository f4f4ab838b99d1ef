namespace IoTHealth.Simulators.Bluetooth.Gatt;

/// <summary>
/// A Bluetooth LE peripheral that knows nothing of what carries its words. The radio tells it of the central
/// (<see cref="Connected"/>, <see cref="Disconnected"/>, <see cref="Subscribe"/>), from any thread.
/// </summary>
internal abstract class GattDevice(DeviceIdentity identity, TimeProvider clock)
{
    private readonly Pulse _pulse = new(clock);
    private volatile bool _connected;

    public DeviceIdentity Identity => identity;

    /// <summary>The primary services.</summary>
    public abstract IReadOnlyList<GattService> Services { get; }

    /// <summary>The service whose UUID is in the advertisement.</summary>
    public abstract string AdvertisedService { get; }

    public bool IsConnected => _connected;

    /// <summary>Lives until stopped: advertises, serves who connects, measures.</summary>
    public abstract Task RunAsync(IRadio radio, CancellationToken stop);

    /// <summary>A central has connected.</summary>
    public void Connected()
    {
        _connected = true;
        Changed();
    }

    /// <summary>The connection has ended, whoever ended it; what was subscribed to is forgotten.</summary>
    public void Disconnected()
    {
        _connected = false;
        foreach (var characteristic in Services.SelectMany(service => service.Characteristics))
        {
            characteristic.IsSubscribed = false;
        }

        Changed();
    }

    /// <summary>The central begins or ends to listen to a characteristic.</summary>
    public void Subscribe(GattCharacteristic characteristic, bool on)
    {
        characteristic.IsSubscribed = on;
        Changed();
    }

    /// <summary>Looks at all waited-for conditions again.</summary>
    protected void Changed() => _pulse.Beat();

    /// <inheritdoc cref="Pulse.UntilAsync"/>
    protected Task<bool> UntilAsync(Func<bool> condition, TimeSpan? patience, CancellationToken stop) => _pulse.UntilAsync(condition, patience, stop);

    /// <summary>Ends the connection and waits until it has ended.</summary>
    protected async Task HangUpAsync(IRadio radio, CancellationToken stop)
    {
        radio.Disconnect();
        await UntilAsync(() => !IsConnected, null, stop);
    }
}
