namespace IoTHealth.Simulators.GlucoseMeter;

/// <summary>How a meter begins to talk once its cable is in.</summary>
internal enum Attach
{
    /// <summary>ENQ, as ASTM E1381 has it.</summary>
    Enq,

    /// <summary>EOT and the header's frame, again and again until it is answered, as Contour meters do.</summary>
    Header,
}

/// <summary>How a meter runs.</summary>
/// <param name="Answer">Silence after which a frame is sent again.</param>
/// <param name="Rest">Between headers nobody answers, after an upload given up, and after each upload.</param>
internal sealed record MeterSettings(
    string Serial,
    MeterProduct Product,
    GlucoseUnit Unit,
    int Records,
    ulong Seed,
    DateTime Now,
    TimeSpan Skew,
    Attach Attach,
    int Uploads,
    TimeSpan Answer,
    TimeSpan Rest,
    MeterChaos Chaos);
