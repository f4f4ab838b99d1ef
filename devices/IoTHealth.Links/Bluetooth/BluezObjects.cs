namespace IoTHealth.Links.Bluetooth;

/// <summary>
/// The adapters and devices that BlueZ has at present, as its signals tell. Written by one thread in the bus's order, read by any.
/// BlueZ forgets devices that it no longer hears, and so does this.
/// </summary>
internal sealed class BluezObjects
{
    private readonly Lock _changing = new();
    private readonly Dictionary<string, BluezAdapter> _adapters = [];
    private readonly Dictionary<string, BluezDevice> _devices = [];

    public Pulse Changes { get; } = new();

    public IReadOnlyList<BluezDevice> Devices
    {
        get
        {
            lock (_changing)
            {
                return [.. _devices.Values];
            }
        }
    }

    public IReadOnlyList<BluezAdapter> Adapters
    {
        get
        {
            lock (_changing)
            {
                return [.. _adapters.Values.OrderBy(adapter => adapter.Path, StringComparer.Ordinal)];
            }
        }
    }

    /// <summary>The device at a path; null when BlueZ has it no more.</summary>
    public BluezDevice? Device(string path)
    {
        lock (_changing)
        {
            return _devices.GetValueOrDefault(path);
        }
    }

    /// <summary>
    /// Ways to a device that is in reach now, the strongest first: where it is connected, else where it is paired, else wherever it
    /// is heard. To pair it at a second adapter could cost it its bond with the first.
    /// </summary>
    public IReadOnlyList<BluezDevice> WaysTo(PeripheralAddress wanted)
    {
        lock (_changing)
        {
            var ways = _devices.Values
                .Where(device => device.IsInReach && device.Has(wanted.Address))
                .Where(device => _adapters.TryGetValue(device.Adapter, out var adapter) && (wanted.Adapter is null || adapter.Name == wanted.Adapter))
                .OrderByDescending(device => device.IsConnected)
                .ThenByDescending(device => device.IsPaired)
                .ThenByDescending(device => device.Rssi)
                .ToList();
            return [.. ways.TakeWhile(way => (way.IsConnected, way.IsPaired) == (ways[0].IsConnected, ways[0].IsPaired))];
        }
    }

    /// <summary>The device counts as out of reach on all adapters until it is heard anew.</summary>
    public void Unhear(string address) => Change(() =>
    {
        foreach (var device in _devices.Values.Where(device => device.Has(address)).ToList())
        {
            _devices[device.Path] = device with { Rssi = null };
        }
    });

    public void Clear() => Change(() =>
    {
        _adapters.Clear();
        _devices.Clear();
    });

    /// <summary>Takes a whole answer to GetManagedObjects in place of all before.</summary>
    public void Load(Dictionary<string, object> objects) => Change(() =>
    {
        _adapters.Clear();
        _devices.Clear();
        foreach (var (path, interfaces) in objects)
        {
            AddAll(path, interfaces);
        }
    });

    public void Add(string path, Dictionary<string, object> interfaces) => Change(() => AddAll(path, interfaces));

    public void Remove(string path, IReadOnlyCollection<string> interfaces) => Change(() =>
    {
        if (interfaces.Contains(BluezName.Adapter))
        {
            _adapters.Remove(path);
        }

        if (interfaces.Contains(BluezName.Device))
        {
            _devices.Remove(path);
        }
    });

    public void Update(string path, string @interface, Dictionary<string, object> changed, IReadOnlyCollection<string> invalidated) => Change(() =>
    {
        if (@interface == BluezName.Adapter && _adapters.TryGetValue(path, out var adapter))
        {
            _adapters[path] = changed.GetValueOrDefault("Powered") is bool powered ? adapter with { IsPowered = powered } : adapter;
        }

        if (@interface == BluezName.Device && _devices.TryGetValue(path, out var device))
        {
            _devices[path] = device.With(changed, invalidated);
        }
    });

    private void AddAll(string path, object interfaces)
    {
        if (interfaces is not Dictionary<string, object> known)
        {
            return;
        }

        if (known.GetValueOrDefault(BluezName.Adapter) is Dictionary<string, object> adapter)
        {
            _adapters[path] = new BluezAdapter(path, adapter.GetValueOrDefault("Powered") is true);
        }

        if (known.GetValueOrDefault(BluezName.Device) is Dictionary<string, object> device)
        {
            _devices[path] = new BluezDevice(path).With(device, []);
        }
    }

    private void Change(Action change)
    {
        lock (_changing)
        {
            change();
        }

        Changes.Beat();
    }
}
