using System.Collections.Concurrent;
using System.Threading.Channels;
using IoTHealth.Links.DBus;

namespace IoTHealth.Simulators.Tests.Bluetooth;

/// <summary>The values of characteristics that came by PropertiesChanged, in their order.</summary>
internal sealed class HeardValues
{
    private readonly ConcurrentQueue<(string Path, string Hex)> _values = new();

    /// <summary>Those of one path, in hexadecimal.</summary>
    public string[] Of(string path) => [.. _values.Where(value => value.Path == path).Select(value => value.Hex)];

    public async Task ListenAsync(ChannelReader<BusMessage> signals)
    {
        try
        {
            await foreach (var signal in signals.ReadAllAsync())
            {
                if (signal.Body is ["org.bluez.GattCharacteristic1", Dictionary<string, object> changed, ..] && changed.GetValueOrDefault("Value") is byte[] value)
                {
                    _values.Enqueue((signal.Path, Convert.ToHexString(value)));
                }
            }
        }
        catch (IOException)
        {
            // The bus is gone: nothing more comes.
        }
    }
}
