namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary>Where a battery stands, as the nomenclature divides its life.</summary>
internal enum BatteryStage
{
    Beginning,
    Middle,

    /// <summary>Recommended replacement time (RRT).</summary>
    Replacement,
    End,
}
