using System.Buffers;
using System.Text;
using MQTTnet.Exceptions;

namespace IoTHealth.Links.Mqtt;

/// <summary>What lies next in the bytes of a connection.</summary>
internal enum NextPacket
{
    /// <summary>Too little has come to tell, or a PUBLISH that is not whole yet.</summary>
    Partial,

    /// <summary>A whole PUBLISH.</summary>
    Publish,

    /// <summary>Something else, whole or not.</summary>
    Other,
}

/// <summary>
/// Reads PUBLISH packets of MQTT 3.1.1 (section 3.3) straight out of a connection's buffers: MQTTnet makes a dozen objects of
/// each. One for each connection, as it remembers the topic, which seldom changes.
/// </summary>
internal sealed class PublishPacket(int topicBytesMaximum)
{
    private const int LengthDigitsMaximum = 4;
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private byte[] _topicBytes = [];
    private string _topic = "";

    /// <summary>The message of the last packet read.</summary>
    public MqttMessage Message { get; private set; } = null!;

    /// <summary>Its packet identifier; 0 for QoS 0.</summary>
    public ushort Identifier { get; private set; }

    /// <summary>Bytes of the whole packet.</summary>
    public int Length { get; private set; }

    /// <summary>Looks at what is next, and reads it where it is a whole PUBLISH.</summary>
    /// <param name="bytes">What has come; nothing of it is consumed.</param>
    /// <param name="limitBytes">Largest packet.</param>
    /// <exception cref="InvalidDataException">It announces more than the limit.</exception>
    /// <exception cref="MqttProtocolViolationException">It breaks the rules.</exception>
    public NextPacket Read(in ReadOnlySequence<byte> bytes, int limitBytes)
    {
        var reader = new SequenceReader<byte>(bytes);
        if (!reader.TryRead(out var first))
        {
            return NextPacket.Partial;
        }

        if (first >> 4 != 3)
        {
            return NextPacket.Other;
        }

        if (!TryReadLength(ref reader, out var length))
        {
            return NextPacket.Partial;
        }

        Length = (int)Math.Min(int.MaxValue, reader.Consumed + length);
        if (Length > limitBytes)
        {
            throw new InvalidDataException($"A packet of {Length} bytes exceeds the limit of {limitBytes} bytes.");
        }

        if (reader.Remaining < length)
        {
            return NextPacket.Partial;
        }

        ReadBody(first, bytes.Slice(reader.Consumed, length));
        return NextPacket.Publish;
    }

    private void ReadBody(byte first, in ReadOnlySequence<byte> body)
    {
        var quality = (first >> 1) & 3;
        if (quality > 1)
        {
            throw new MqttProtocolViolationException("QoS 2 is not offered.");
        }

        var reader = new SequenceReader<byte>(body);
        if (!reader.TryReadBigEndian(out short topicLength) || !reader.TryReadExact((ushort)topicLength, out var topic))
        {
            throw new MqttProtocolViolationException("The topic is longer than the packet.");
        }

        Identifier = quality == 0 ? (ushort)0 : ReadIdentifier(ref reader);

        // One copy that is nobody else's.
        Message = new MqttMessage(Topic(topic), reader.UnreadSequence.ToArray(), quality, (first & 1) != 0, (first & 8) != 0);
    }

    private static ushort ReadIdentifier(ref SequenceReader<byte> reader) => reader.TryReadBigEndian(out short identifier) && identifier != 0
        ? (ushort)identifier
        : throw new MqttProtocolViolationException("The publish has no packet identifier.");

    private string Topic(in ReadOnlySequence<byte> bytes)
    {
        if (bytes.IsEmpty || bytes.Length > topicBytesMaximum)
        {
            throw new MqttProtocolViolationException(bytes.IsEmpty ? "The publish names no topic." : $"The topic has more than {topicBytesMaximum} bytes.");
        }

        Span<byte> copy = stackalloc byte[256];
        copy = bytes.Length <= copy.Length ? copy[..(int)bytes.Length] : new byte[bytes.Length];
        bytes.CopyTo(copy);
        if (!copy.SequenceEqual(_topicBytes))
        {
            (_topic, _topicBytes) = (Text(copy), copy.ToArray());
        }

        return _topic;
    }

    private static string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            throw new MqttProtocolViolationException("The topic is not UTF-8.");
        }
    }

    private static bool TryReadLength(ref SequenceReader<byte> reader, out long length)
    {
        length = 0;
        for (var index = 0; index < LengthDigitsMaximum; index++)
        {
            if (!reader.TryRead(out var digit))
            {
                return false;
            }

            length |= (long)(digit & 0x7F) << (7 * index);
            if ((digit & 0x80) == 0)
            {
                return true;
            }
        }

        throw new InvalidDataException("The remaining length of a packet has more than four digits.");
    }
}
