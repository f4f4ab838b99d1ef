namespace IoTHealth.Simulators.GlucoseMeter;

/// <summary>What one meter did in one run.</summary>
internal sealed class MeterTally
{
    /// <summary>Frames put on the line, repeats too.</summary>
    public long Frames { get; set; }

    /// <summary>Frames sent again.</summary>
    public long Repeated { get; set; }

    /// <summary>Uploads begun anew because a frame was not taken.</summary>
    public long GivenUp { get; set; }

    public long Unplugged { get; set; }

    /// <summary>Uploads brought to their EOT.</summary>
    public int Uploads { get; set; }
}
