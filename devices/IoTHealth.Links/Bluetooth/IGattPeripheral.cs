using System.Threading.Channels;

namespace IoTHealth.Links.Bluetooth;

/// <summary>A value a peripheral sent of itself: notification or indication.</summary>
public readonly record struct GattValue(Guid Characteristic, ReadOnlyMemory<byte> Value);

/// <summary>
/// A connected Bluetooth LE peripheral with its services resolved. Every call fails with an <see cref="IOException"/> once the
/// peripheral is gone.
/// </summary>
public interface IGattPeripheral
{
    /// <summary>Device address, six hexadecimal pairs with colons, upper case.</summary>
    string Address { get; }

    /// <summary>Whether the peripheral has this characteristic.</summary>
    bool Has(Guid characteristic);

    /// <summary>Reads a characteristic.</summary>
    /// <exception cref="IOException">The peripheral is gone, or refuses.</exception>
    Task<byte[]> ReadAsync(Guid characteristic, CancellationToken cancellation);

    /// <summary>Writes a characteristic and waits for the peripheral's response.</summary>
    /// <exception cref="IOException">The peripheral is gone, or refuses.</exception>
    Task WriteAsync(Guid characteristic, ReadOnlyMemory<byte> value, CancellationToken cancellation);

    /// <summary>
    /// Asks for notifications or indications of these characteristics. Their values come in the order of the bus, which
    /// is not always the order in which the peripheral sent those of different characteristics; nothing is dropped. The channel
    /// ends with an <see cref="IOException"/> when the peripheral is gone.
    /// </summary>
    /// <exception cref="IOException">The peripheral is gone, or refuses.</exception>
    Task<ChannelReader<GattValue>> SubscribeAsync(IReadOnlyCollection<Guid> characteristics, CancellationToken cancellation);
}
