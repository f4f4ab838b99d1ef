namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary>What one transmitter did in one run.</summary>
internal sealed class TransmitterTally
{
    public long Reports { get; set; }

    /// <summary>Measurements, of which each report has many.</summary>
    public long Measured { get; set; }

    public long Acknowledged { get; set; }

    /// <summary>Reports answered with AE or AR.</summary>
    public long Refused { get; set; }

    /// <summary>Reports sent again.</summary>
    public long Repeated { get; set; }

    /// <summary>Connections cut on purpose.</summary>
    public long Cut { get; set; }
}
