namespace IoTHealth.Links.DBus;

/// <summary>A message as it came over the bus. What its header leaves out is empty.</summary>
public sealed record BusMessage
{
    public required BusMessageType Type { get; init; }

    /// <summary>Whether the caller waits for no reply.</summary>
    public bool IsOneWay { get; init; }

    /// <summary>Number of the message on its sender's connection; never 0.</summary>
    public required uint Serial { get; init; }

    /// <summary>Of a reply or an error: the serial of the call.</summary>
    public uint ReplySerial { get; init; }

    public string Path { get; init; } = "";

    public string Interface { get; init; } = "";

    public string Member { get; init; } = "";

    public string ErrorName { get; init; } = "";

    public string Destination { get; init; } = "";

    /// <summary>The sender's unique name, set by the bus itself.</summary>
    public string Sender { get; init; } = "";

    public string Signature { get; init; } = "";

    public object[] Body { get; init; } = [];
}
