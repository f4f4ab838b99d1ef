using System.Collections.Concurrent;

namespace IoTHealth.Links.Bluetooth;

/// <summary>What is remembered of one wanted peripheral for as long as the program runs, whatever becomes of BlueZ and the bus.</summary>
internal sealed class KnownPeripheral
{
    private readonly ConcurrentDictionary<string, bool> _unproven = new();

    private volatile bool _hasFailed;
    private volatile bool _wasPaired;
    private int _isWarned;

    /// <summary>Its values, also those that come between two connections.</summary>
    public ValueInbox Inbox { get; } = new();

    /// <summary>Whether the last attempt to connect with it failed.</summary>
    public bool HasFailed
    {
        get => _hasFailed;
        set => _hasFailed = value;
    }

    /// <summary>Whether it was ever paired: then whoever does not pair at its address is not it.</summary>
    public bool WasPaired => _wasPaired;

    /// <summary>Takes what BlueZ tells of it.</summary>
    public void See(BluezDevice device)
    {
        if (device.IsPaired)
        {
            _wasPaired = true;
        }
        else
        {
            _unproven[device.Path] = true;
        }
    }

    /// <summary>The bond at this path was made with the registered passkey.</summary>
    public void Prove(string path) => _unproven.TryRemove(path, out _);

    /// <summary>
    /// Whether the bond at this path may count as made with the registered passkey. BlueZ does not tell how a bond was made: one that
    /// stood when the device was first seen is trusted, as it outlasts a restart of the gateway; one that came about since, otherwise
    /// than by this program with the passkey, is not.
    /// </summary>
    public bool IsProven(string path) => !_unproven.ContainsKey(path);

    /// <summary>Whether this is the first warning about it.</summary>
    public bool Warns() => Interlocked.Exchange(ref _isWarned, 1) == 0;
}
