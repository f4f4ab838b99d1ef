namespace IoTHealth.Edge.Journal;

/// <summary>Why readings were given up, as the ledger names it.</summary>
public static class GapCause
{
    /// <summary>Space ran out before the cloud took them.</summary>
    public const string Evicted = "evicted";

    /// <summary>The disk lost or changed them.</summary>
    public const string Damaged = "damaged";

    /// <summary>Refused bytes that had to make room for newer ones.</summary>
    public const string QuarantineFull = "quarantine-full";
}
