namespace IoTHealth.Devices.Tests.Drivers;

/// <summary>A device of a test: what it holds outlives a connection.</summary>
internal interface IDeviceDouble
{
    /// <summary>Bytes sent before each value, none by default.</summary>
    byte[] Garbage { get; set; }

    /// <summary>The device comes into reach.</summary>
    /// <param name="goesAfter">It goes again when it has sent this many values.</param>
    MemoryPeripheral Connect(int? goesAfter = null);

    /// <summary>What the driver has asked of the device so far.</summary>
    IReadOnlyList<string> Requests(MemoryPeripheral peripheral);

    /// <summary>Whether the driver has asked all that it asks.</summary>
    bool IsDone(MemoryPeripheral peripheral);

    /// <summary>How many readings are among the first values of a connection.</summary>
    int ReadingsAmong(int values);
}
