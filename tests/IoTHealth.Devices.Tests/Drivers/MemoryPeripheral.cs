using System.Threading.Channels;
using IoTHealth.Links.Bluetooth;

namespace IoTHealth.Devices.Tests.Drivers;

/// <summary>One connection with a Bluetooth LE device, in memory: the test, or a device of it, is the other end.</summary>
internal sealed class MemoryPeripheral : IGattPeripheral
{
    private readonly Channel<GattValue> _values = Channel.CreateUnbounded<GattValue>();
    private readonly List<(Guid Characteristic, byte[] Value)> _written = [];
    private readonly Lock _lock = new();
    private bool _isGone;
    private int _sent;

    public string Address { get; set; } = "C0:26:DA:00:00:01";

    /// <summary>What can be read; a null value is refused.</summary>
    public Dictionary<ushort, byte[]?> Readable { get; } = [];

    /// <summary>What the device has besides.</summary>
    public HashSet<ushort> Others { get; } = [];

    /// <summary>The device goes when this many values have been sent.</summary>
    public int? GoesAfter { get; init; }

    public Action Subscribed { get; set; } = () => { };

    /// <summary>What the device does with a written value; an exception refuses it.</summary>
    public Action<Guid, byte[]> Written { get; set; } = (_, _) => { };

    public IReadOnlyList<Guid> Subscriptions { get; private set; } = [];

    /// <summary>Values written to a characteristic, in order, hexadecimal.</summary>
    public IReadOnlyList<string> WrittenTo(ushort characteristic)
    {
        lock (_lock)
        {
            return [.. _written.Where(one => one.Characteristic == GattUuid.Of(characteristic)).Select(one => Convert.ToHexString(one.Value))];
        }
    }

    public void Send(ushort characteristic, byte[] value)
    {
        if (!_isGone && GoesAfter != 0)
        {
            _values.Writer.TryWrite(new GattValue(GattUuid.Of(characteristic), value));
            _sent++;
        }

        if (_sent >= GoesAfter)
        {
            Go();
        }
    }

    /// <summary>The device goes out of reach.</summary>
    public void Go()
    {
        _isGone = true;
        _values.Writer.TryComplete(new IOException("the peripheral has gone"));
    }

    public bool Has(Guid characteristic) => Readable.Keys.Concat(Others).Any(one => GattUuid.Of(one) == characteristic);

    public Task<byte[]> ReadAsync(Guid characteristic, CancellationToken cancellation)
    {
        ThrowIfGone();
        var value = Readable.FirstOrDefault(one => GattUuid.Of(one.Key) == characteristic).Value;
        return value is null ? throw new IOException("org.bluez.Error.NotPermitted") : Task.FromResult(value);
    }

    public Task WriteAsync(Guid characteristic, ReadOnlyMemory<byte> value, CancellationToken cancellation)
    {
        ThrowIfGone();
        lock (_lock)
        {
            _written.Add((characteristic, value.ToArray()));
        }

        Written(characteristic, value.ToArray());
        return Task.CompletedTask;
    }

    public Task<ChannelReader<GattValue>> SubscribeAsync(IReadOnlyCollection<Guid> characteristics, CancellationToken cancellation)
    {
        ThrowIfGone();
        Subscriptions = [.. characteristics];
        Subscribed();
        return Task.FromResult(_values.Reader);
    }

    private void ThrowIfGone()
    {
        if (_isGone)
        {
            throw new IOException("the peripheral has gone");
        }
    }
}
