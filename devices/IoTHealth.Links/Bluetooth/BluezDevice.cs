namespace IoTHealth.Links.Bluetooth;

/// <summary>A device as BlueZ tells of it through one adapter.</summary>
internal sealed record BluezDevice(string Path)
{
    public string Address { get; init; } = "";

    /// <summary>The name it tells of itself; empty where it tells none.</summary>
    public string Name { get; init; } = "";

    /// <summary>The services it advertises, as UUIDs.</summary>
    public IReadOnlyList<string> Services { get; init; } = [];

    /// <summary>Path of the adapter.</summary>
    public string Adapter => Path[..Path.LastIndexOf('/')];

    /// <summary>Strength in dBm; null when it was not heard since discovery began, its last connection ended or the last attempt at one failed.</summary>
    public short? Rssi { get; init; }

    public bool IsPaired { get; init; }

    public bool IsConnected { get; init; }

    public bool AreServicesResolved { get; init; }

    /// <summary>How many times its connection has ended.</summary>
    public int Drops { get; init; }

    /// <summary>Whether it can be connected with now.</summary>
    public bool IsInReach => Rssi is not null || IsConnected;

    public bool Has(string address) => Address.Equals(address, StringComparison.OrdinalIgnoreCase);

    /// <summary>The device after a change of properties; what is not known or of the wrong type is left alone.</summary>
    public BluezDevice With(Dictionary<string, object> changed, IReadOnlyCollection<string> invalidated)
    {
        var after = this;
        foreach (var (property, value) in changed)
        {
            after = (property, value) switch
            {
                ("Address", string address) => after with { Address = address.ToUpperInvariant() },
                ("Name", string name) => after with { Name = name },
                ("UUIDs", string[] services) => after with { Services = services },
                ("RSSI", short rssi) => after with { Rssi = rssi },
                ("Paired", bool paired) => after with { IsPaired = paired },
                ("Connected", true) => after with { IsConnected = true },
                ("Connected", false) => after.Disconnected(),
                ("ServicesResolved", bool resolved) => after with { AreServicesResolved = resolved },
                _ => after,
            };
        }

        return invalidated.Contains("RSSI") ? after with { Rssi = null } : after;
    }

    // BlueZ tells the old strength until discovery ends, also of a device that has been switched off meanwhile.
    private BluezDevice Disconnected() => IsConnected
        ? this with { IsConnected = false, AreServicesResolved = false, Drops = Drops + 1, Rssi = null }
        : this with { AreServicesResolved = false };
}
