using System.Buffers.Binary;

namespace IoTHealth.Links.DBus;

/// <summary>A message whose header was read and whose body was not yet. D-Bus Specification, "Message Format".</summary>
internal sealed record Envelope(BusMessage Header, ReadOnlyMemory<byte> Body, bool IsBigEndian)
{
    /// <summary>Length of the longest message that is taken, in bytes; dbus-daemon's own bound for a message is twice this.</summary>
    public const int MaximumBytes = 16 * 1024 * 1024;

    private const int FixedBytes = 16;
    private const uint MaximumHeaderBytes = 64 * 1024;
    private const byte NoReplyExpected = 0x1;

    /// <summary>Length of the message that begins here, in bytes; null while too little of it has come to tell.</summary>
    /// <exception cref="BusFormatException">No message begins so.</exception>
    public static int? LengthOf(ReadOnlySpan<byte> start)
    {
        if (start.Length < FixedBytes)
        {
            return null;
        }

        if (start[0] is not ((byte)'l' or (byte)'B') || start[3] != 1)
        {
            throw new BusFormatException("a message that begins like none of D-Bus 1");
        }

        var body = UInt32(start, 4);
        var fields = UInt32(start, 12);
        if (fields > MaximumHeaderBytes || body > MaximumBytes)
        {
            throw new BusFormatException($"a message of {fields} bytes of header and {body} bytes of body");
        }

        return BodyAt(fields) + (int)body;
    }

    /// <summary>Reads the header of one whole message; null for a message of a type that is not known, which is to be ignored.</summary>
    /// <exception cref="BusFormatException">It has no valid header.</exception>
    public static Envelope? Read(ReadOnlyMemory<byte> message)
    {
        var span = message.Span;
        var bigEndian = span[0] == (byte)'B';
        var fields = UInt32(span, 12);
        var header = new BusMessage
        {
            Type = (BusMessageType)span[1],
            IsOneWay = (span[2] & NoReplyExpected) != 0,
            Serial = UInt32(span, 8),
        };
        foreach (object[] field in (object[])new BusReader(message[..(FixedBytes + (int)fields)], 12, bigEndian).Read("a(yv)"))
        {
            header = With(header, (byte)field[0], field[1]);
        }

        if (header.Serial == 0 || header.Type == 0)
        {
            throw new BusFormatException("a message without a serial or a type");
        }

        if (!Enum.IsDefined(header.Type))
        {
            return null;
        }

        Check(header);
        return new Envelope(header, message[BodyAt(fields)..], bigEndian);
    }

    /// <summary>The message with its body.</summary>
    /// <exception cref="BusFormatException">The body is not what its signature says.</exception>
    public BusMessage Open()
    {
        var reader = new BusReader(Body, 0, IsBigEndian);
        object[] values = [.. TypeText.Split(Header.Signature)!.Select(reader.Read)];
        return reader.IsAtEnd ? Header with { Body = values } : throw new BusFormatException("a body longer than its signature");
    }

    /// <summary>The bytes of a message.</summary>
    /// <exception cref="ArgumentException">The body is not what its signature says, or too long.</exception>
    public static byte[] Write(BusMessage message)
    {
        var body = new BusWriter();
        body.WriteAll(message.Signature, message.Body);
        var header = new BusWriter();
        header.Byte((byte)'l');
        header.Byte((byte)message.Type);
        header.Byte(message.IsOneWay ? NoReplyExpected : (byte)0);
        header.Byte(1);
        header.UInt32((uint)body.Length);
        header.UInt32(message.Serial);
        header.Write("a(yv)", Fields(message));
        header.Align(8);
        if (header.Length + body.Length > MaximumBytes)
        {
            throw new ArgumentException($"a message of {header.Length + body.Length} bytes", nameof(message));
        }

        return [.. header.Written, .. body.Written];
    }

    private static object[] Fields(BusMessage message)
    {
        var fields = new List<object>();
        void Add(byte code, object value, bool isGiven)
        {
            if (isGiven)
            {
                fields.Add(new object[] { code, value });
            }
        }

        Add(1, new ObjectPath(message.Path), message.Path.Length > 0);
        Add(2, message.Interface, message.Interface.Length > 0);
        Add(3, message.Member, message.Member.Length > 0);
        Add(4, message.ErrorName, message.ErrorName.Length > 0);
        Add(5, message.ReplySerial, message.ReplySerial != 0);
        Add(6, message.Destination, message.Destination.Length > 0);
        Add(8, new Signature(message.Signature), message.Signature.Length > 0);
        return [.. fields];
    }

    private static BusMessage With(BusMessage header, byte code, object value) => (code, value) switch
    {
        (1, ObjectPath path) => header with { Path = path.Value },
        (2, string text) => header with { Interface = text },
        (3, string text) => header with { Member = text },
        (4, string text) => header with { ErrorName = text },
        (5, uint serial) => header with { ReplySerial = serial },
        (6, string text) => header with { Destination = text },
        (7, string text) => header with { Sender = text },
        (8, Signature signature) => header with { Signature = signature.Value },
        ( >= 1 and <= 8, _) => throw new BusFormatException($"a header field {code} of the wrong type"),
        _ => header,
    };

    private static void Check(BusMessage header)
    {
        var isComplete = header.Type switch
        {
            BusMessageType.Call => header is { Path: not "", Member: not "" },
            BusMessageType.Signal => header is { Path: not "", Interface: not "", Member: not "" },
            BusMessageType.Error => header is { ErrorName: not "", ReplySerial: not 0 },
            _ => header.ReplySerial != 0,
        };
        if (!isComplete)
        {
            throw new BusFormatException($"a {header.Type} without what its header must hold");
        }
    }

    private static int BodyAt(uint fields) => (FixedBytes + (int)fields + 7) / 8 * 8;

    private static uint UInt32(ReadOnlySpan<byte> message, int at) => message[0] == (byte)'B'
        ? BinaryPrimitives.ReadUInt32BigEndian(message[at..])
        : BinaryPrimitives.ReadUInt32LittleEndian(message[at..]);
}
