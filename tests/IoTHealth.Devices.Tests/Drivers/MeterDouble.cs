namespace IoTHealth.Devices.Tests.Drivers;

/// <summary>A glucose meter: a memory, and record access to it (Glucose Service 1.0.1, Record Access Control Point).</summary>
internal sealed class MeterDouble : IDeviceDouble
{
    private const byte Success = 1;
    private const byte OperatorNotSupported = 4;
    private const byte NoRecords = 6;

    /// <summary>Records (2A18) with the context (2A34) that goes with them, or null.</summary>
    public List<(byte[] Record, byte[]? Context)> Memory { get; } = [];

    public byte[] Garbage { get; set; } = [];

    /// <summary>Answers an operator other than 'all' with this result.</summary>
    public byte FilterResult { get; set; } = Success;

    /// <summary>Knows the operator 'first record'.</summary>
    public bool KnowsFirst { get; set; } = true;

    /// <summary>Its first record is the one with the lowest number, not the one that it has held longest.</summary>
    public bool IsFirstByNumber { get; set; }

    /// <summary>A record with this number gets lost on the way.</summary>
    public int? Swallows { get; set; }

    /// <summary>Answers a count with this, in place of the truth.</summary>
    public byte[]? CountAnswer { get; set; }

    /// <summary>Sends contexts before their records.</summary>
    public bool IsContextFirst { get; set; }

    /// <summary>Says nothing when asked.</summary>
    public bool IsSilent { get; set; }

    public MemoryPeripheral Connect(int? goesAfter = null)
    {
        var peripheral = new MemoryPeripheral { GoesAfter = goesAfter };
        peripheral.Others.UnionWith([0x2A18, 0x2A34, 0x2A52]);
        if (goesAfter == 0)
        {
            peripheral.Subscribed = peripheral.Go;
        }

        peripheral.Written = (_, request) => Answer(peripheral, request);
        return peripheral;
    }

    public IReadOnlyList<string> Requests(MemoryPeripheral peripheral) => peripheral.WrittenTo(0x2A52);

    public bool IsDone(MemoryPeripheral peripheral) => Requests(peripheral) is [.., "0401"];

    public int ReadingsAmong(int values) => Values().Take(values).Count(value => value.Characteristic == 0x2A18);

    private IEnumerable<(ushort Characteristic, byte[] Value)> Values() => Memory.SelectMany(Values);

    private IEnumerable<(ushort Characteristic, byte[] Value)> Values((byte[] Record, byte[]? Context) one)
    {
        (ushort, byte[])[] both = one.Context is { } context ? [(0x2A18, one.Record), (0x2A34, context)] : [(0x2A18, one.Record)];
        return IsContextFirst ? both.Reverse() : both;
    }

    private void Answer(MemoryPeripheral peripheral, byte[] request)
    {
        if (IsSilent)
        {
            return;
        }

        switch (request)
        {
            case [1, 1]:
                Report(peripheral, Memory);
                break;
            case [1, 5] when KnowsFirst:
                Report(peripheral, [.. (IsFirstByNumber ? Memory.OrderBy(one => one.Record[1]) : Memory.AsEnumerable()).Take(1)]);
                break;
            case [1, 3, 1, var low, var high]:
                if (FilterResult != Success)
                {
                    Respond(peripheral, 1, FilterResult);
                    break;
                }

                Report(peripheral, [.. Memory.Where(one => (one.Record[1] | one.Record[2] << 8) >= (low | high << 8))]);
                break;
            case [4, 1]:
                peripheral.Send(0x2A52, CountAnswer ?? [5, 0, (byte)Memory.Count, (byte)(Memory.Count >> 8)]);
                break;
            case [3, 0]:
                Respond(peripheral, 3, Success);
                break;
            default:
                Respond(peripheral, request[0], OperatorNotSupported);
                break;
        }
    }

    private void Report(MemoryPeripheral peripheral, IReadOnlyList<(byte[] Record, byte[]? Context)> records)
    {
        if (records.Count == 0)
        {
            Respond(peripheral, 1, NoRecords);
            return;
        }

        for (var i = 0; i < records.Count; i++)
        {
            if (records[i].Record[1] == Swallows)
            {
                continue;
            }

            foreach (var (characteristic, value) in Values(records[i]))
            {
                if (Garbage.Length > 0)
                {
                    peripheral.Send(i % 2 == 0 ? characteristic : (ushort)0x2A52, Garbage);
                }

                peripheral.Send(characteristic, value);
            }
        }

        Respond(peripheral, 1, Success);
    }

    private static void Respond(MemoryPeripheral peripheral, byte request, byte result) => peripheral.Send(0x2A52, [6, 0, request, result]);
}
