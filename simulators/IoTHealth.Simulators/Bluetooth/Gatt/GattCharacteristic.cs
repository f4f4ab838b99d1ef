namespace IoTHealth.Simulators.Bluetooth.Gatt;

/// <summary>One characteristic of a simulated device.</summary>
/// <param name="uuid">One of <see cref="AssignedNumber"/>.</param>
/// <param name="isProtected">Only a paired central may use it, where the device asks for pairing at all.</param>
internal sealed class GattCharacteristic(string uuid, GattAccess access, bool isProtected)
{
    private volatile bool _subscribed;

    public string Uuid => uuid;

    public GattAccess Access => access;

    public bool IsProtected => isProtected;

    /// <summary>Answers a read; throws <see cref="AttRefusal"/> where it is refused.</summary>
    public Func<byte[]> Read { get; init; } = () => throw new AttRefusal(AttRefusal.ReadNotPermitted);

    /// <summary>Takes a write; throws <see cref="AttRefusal"/> where it is refused.</summary>
    public Action<byte[]> Write { get; init; } = _ => throw new AttRefusal(AttRefusal.WriteNotPermitted);

    /// <summary>The central has asked for notifications or indications.</summary>
    public bool IsSubscribed
    {
        get => _subscribed;
        set => _subscribed = value;
    }

    public bool CanSubscribe => (access & (GattAccess.Notify | GattAccess.Indicate)) != 0;

    public static GattCharacteristic Constant(string uuid, bool isProtected, params byte[] value) =>
        new(uuid, GattAccess.Read, isProtected) { Read = () => value };
}
