using IoTHealth.Simulators.Bluetooth.Gatt;

namespace IoTHealth.Simulators.Bluetooth;

/// <summary>The devices of one run and the account files they write.</summary>
internal sealed class DeviceSet : IDisposable
{
    private readonly List<GattDevice> _devices = [];
    private readonly List<IDisposable> _accounts = [];

    public IReadOnlyList<GattDevice> Devices => _devices;

    public void Add(GattDevice device) => _devices.Add(device);

    public T Keep<T>(T account)
        where T : IDisposable
    {
        _accounts.Add(account);
        return account;
    }

    public void Dispose() => _accounts.ForEach(account => account.Dispose());
}
