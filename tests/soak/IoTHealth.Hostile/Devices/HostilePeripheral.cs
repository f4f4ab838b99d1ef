using System.Threading.Channels;
using IoTHealth.Links.Bluetooth;

namespace IoTHealth.Hostile.Devices;

/// <summary>A Bluetooth peripheral that has every characteristic, answers with anything, sends values of any bytes and then goes.</summary>
internal sealed class HostilePeripheral(Random random) : IGattPeripheral
{
    private readonly Lock _lock = new();

    public string Address => "C0:26:DA:00:00:01";

    public bool Has(Guid characteristic) => true;

    public Task<byte[]> ReadAsync(Guid characteristic, CancellationToken cancellation) => Task.FromResult(Bytes());

    public Task WriteAsync(Guid characteristic, ReadOnlyMemory<byte> value, CancellationToken cancellation) => Task.CompletedTask;

    public Task<ChannelReader<GattValue>> SubscribeAsync(IReadOnlyCollection<Guid> characteristics, CancellationToken cancellation)
    {
        var values = Channel.CreateUnbounded<GattValue>();
        for (var i = 0; i < DriverAttack.CasesOfARun; i++)
        {
            values.Writer.TryWrite(new GattValue(characteristics.ElementAt(i % characteristics.Count), Bytes()));
        }

        values.Writer.Complete(new IOException("gone"));
        return Task.FromResult(values.Reader);
    }

    private byte[] Bytes()
    {
        lock (_lock)
        {
            var bytes = new byte[random.Next(0, 24)];
            random.NextBytes(bytes);

            // Often the beginning of an honest value, so that more of the decoder is reached.
            if (bytes.Length > 7 && random.Next(2) == 0)
            {
                (bytes[0], bytes[1], bytes[2]) = ((byte)random.Next(32), (byte)random.Next(4), 0);
            }

            return bytes;
        }
    }
}
