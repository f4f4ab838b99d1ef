namespace IoTHealth.Links.Bluetooth;

/// <summary>How BlueZ is used as a central.</summary>
public sealed record BluezOptions
{
    /// <summary>Address of the bus that BlueZ is on.</summary>
    public string Bus { get; init; } = "unix:path=/run/dbus/system_bus_socket";

    /// <summary>How many connections one adapter holds at a time; controllers hold few.</summary>
    public int ConnectionsPerAdapter { get; init; } = 5;

    /// <summary>How long pairing, connecting and resolving the services of one peripheral may take together.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>How often discovery is begun anew; BlueZ's list of devices can stay empty under load until it is.</summary>
    public TimeSpan DiscoveryRestart { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long to wait before the bus is tried again; doubled at each failure up to <see cref="LongestRetry"/>.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromMilliseconds(500);

    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromSeconds(30);
}
