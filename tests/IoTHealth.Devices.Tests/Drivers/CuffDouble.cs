namespace IoTHealth.Devices.Tests.Drivers;

/// <summary>A cuff: indicates what it holds to whoever subscribes, and forgets each once it is out.</summary>
internal sealed class CuffDouble(IEnumerable<string> readings) : IDeviceDouble
{
    private readonly Queue<byte[]> _readings = new(readings.Select(Convert.FromHexString));

    public byte[] Garbage { get; set; } = [];

    public MemoryPeripheral Connect(int? goesAfter = null)
    {
        var peripheral = new MemoryPeripheral { GoesAfter = goesAfter };
        peripheral.Others.Add(0x2A35);
        peripheral.Subscribed = () => Empty(peripheral, goesAfter ?? int.MaxValue);
        return peripheral;
    }

    public IReadOnlyList<string> Requests(MemoryPeripheral peripheral) => peripheral.WrittenTo(0x2A35);

    public bool IsDone(MemoryPeripheral peripheral) => peripheral.Subscriptions.Count > 0;

    public int ReadingsAmong(int values) => values;

    private void Empty(MemoryPeripheral peripheral, int most)
    {
        if (most == 0)
        {
            peripheral.Go();
        }

        for (var sent = 0; sent < most && _readings.TryDequeue(out var reading); sent++)
        {
            if (Garbage.Length > 0)
            {
                peripheral.Send(0x2A35, Garbage);
            }

            peripheral.Send(0x2A35, reading);
        }
    }
}
