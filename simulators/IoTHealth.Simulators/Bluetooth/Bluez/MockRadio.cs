using IoTHealth.Simulators.Bluetooth.Gatt;

namespace IoTHealth.Simulators.Bluetooth.Bluez;

/// <summary>One device's antenna: all adapters hear it, one at most is connected with it.</summary>
internal sealed class MockRadio(MockBluez bluez, GattDevice device) : IRadio
{
    public GattDevice Device => device;

    public bool IsAdvertising { get; private set; }

    /// <summary>The adapter's view of the device that is connected, or null. Under the gate.</summary>
    public MockDevice? Link { get; set; }

    public void Advertise(bool on)
    {
        lock (bluez.Gate)
        {
            IsAdvertising = on;
            bluez.Tell(this);
        }
    }

    public bool Send(GattCharacteristic characteristic, byte[] value)
    {
        lock (bluez.Gate)
        {
            return Link is { } link && characteristic.IsSubscribed && link.Send(characteristic, value);
        }
    }

    public void Disconnect()
    {
        lock (bluez.Gate)
        {
            Link?.Lose();
        }
    }
}
