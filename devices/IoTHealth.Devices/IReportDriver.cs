namespace IoTHealth.Devices;

/// <summary>
/// Reads the HL7 v2 messages of one kind of device. Pure and total: no I/O, no clock, and whatever the bytes it answers and never throws.
/// </summary>
public interface IReportDriver
{
    /// <summary>Name with version, as it is written into every measurement.</summary>
    string Name { get; }

    /// <summary>What we can promise of its readings.</summary>
    GuaranteeClass Guarantee { get; }

    /// <summary>Reads a message, whosesoever it is.</summary>
    DecodedReport Read(ReadOnlyMemory<byte> message);
}
