namespace IoTHealth.Simulators.Counting;

/// <summary>The count of one device's readings of one kind.</summary>
/// <param name="Device">The device's key, or empty where its account does not tell it or no simulator played that serial.</param>
public sealed record CountingRow(string Device, string Serial, string Kind)
{
    public GuaranteeClass Guarantee { get; internal set; }

    /// <summary>Readings made, whether or not they left the device.</summary>
    public long Measured { get; internal set; }

    public long Sent { get; internal set; }

    public long Acknowledged { get; internal set; }

    /// <summary>Readings that are Observations.</summary>
    public long Found { get; internal set; }

    /// <summary>Sent readings of a detect-only device that are not: told, and no fault.</summary>
    public long Lost { get; internal set; }

    /// <summary>Acknowledged readings that are not.</summary>
    public long Missing { get; internal set; }

    /// <summary>Observations beyond one for a reading.</summary>
    public long Duplicated { get; internal set; }

    /// <summary>Observations of readings nobody made.</summary>
    public long Foreign { get; internal set; }
}
