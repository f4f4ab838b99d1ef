namespace IoTHealth.Simulators.Counting;

/// <summary>What a device can learn of its readings' fate, hence what a loss of one means.</summary>
public enum GuaranteeClass
{
    /// <summary>It heard that a reading is durable, or keeps it until it did: a loss is a fault.</summary>
    Acknowledged,

    /// <summary>Nobody confirms to it: losses are counted and told.</summary>
    DetectOnly,
}
