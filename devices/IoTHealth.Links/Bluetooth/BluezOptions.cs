namespace IoTHealth.Links.Bluetooth;

/// <summary>How BlueZ is used as a central.</summary>
public sealed record BluezOptions
{
    /// <summary>Address of the bus that BlueZ is on.</summary>
    public string Bus { get; init; } = "unix:path=/run/dbus/system_bus_socket";

    /// <summary>How many connections one adapter holds at a time; controllers hold few.</summary>
    public int ConnectionsPerAdapter { get; init; } = 5;

    /// <summary>
    /// How long pairing with one peripheral may take, and then how long connecting and resolving its services may take; each counted
    /// from its turn. Others wait meanwhile: an adapter connects with one peripheral at a time.
    /// </summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a connection must have been quiet before it is ended for a peripheral that waits for a place.</summary>
    public TimeSpan QuietBeforeGivingPlace { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long BlueZ may take to answer what needs no peripheral; then the bus is connected with anew.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How often discovery is begun anew; BlueZ's list of devices can stay empty under load until it is. Put off while the adapter
    /// connects with a peripheral, three times as long at most.
    /// </summary>
    public TimeSpan DiscoveryRestart { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long to wait before the bus is tried again; doubled at each failure up to <see cref="LongestRetry"/>.</summary>
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromMilliseconds(500);

    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromSeconds(30);
}
