namespace IoTHealth.Soak;

/// <summary>What befalls stored data while its program is stopped.</summary>
public enum Damage
{
    /// <summary>The edge's data folder is replaced by a copy from before the last readings, all of which the cloud has.</summary>
    EdgeOfYesterday,

    /// <summary>The last megabyte of the edge's journal is gone.</summary>
    LastMegabyteLost,

    /// <summary>One bit of the edge's journal is another.</summary>
    BitFlipped,

    /// <summary>
    /// The cloud's data folder is replaced by a copy from before the last readings; the edge was told that the cloud has them, and
    /// the records have them not.
    /// </summary>
    CloudOfYesterday,
}
