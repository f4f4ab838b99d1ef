namespace IoTHealth.Simulators.Bluetooth.Gatt;

/// <summary>A device refuses a read or write with an error code of the Attribute Protocol (Core Specification, volume 3, part F, 3.4.1.1).</summary>
internal sealed class AttRefusal(byte code) : Exception($"ATT error 0x{code:x2}")
{
    public const byte ReadNotPermitted = 0x02;
    public const byte WriteNotPermitted = 0x03;
    public const byte InvalidLength = 0x0D;

    /// <summary>Of the Current Time Service: a field was not taken.</summary>
    public const byte DataFieldIgnored = 0x80;

    /// <summary>Of the Glucose Service: a procedure is already in progress.</summary>
    public const byte ProcedureInProgress = 0x80;

    /// <summary>Of the Glucose Service: indications were not asked for before the write that will cause one.</summary>
    public const byte NotConfigured = 0x81;

    public byte Code => code;
}
