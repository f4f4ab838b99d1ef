namespace IoTHealth.Links.DBus;

/// <summary>What a message is. D-Bus Specification, "Message Format".</summary>
public enum BusMessageType : byte
{
    Call = 1,
    Reply = 2,
    Error = 3,
    Signal = 4,
}
