namespace IoTHealth.Edge.Journal;

/// <summary>
/// What became of the readings of one device and day of receipt. Each number is kept by itself, so that
/// measured = delivered + waiting + quarantined + gap can be checked and is no definition.
/// </summary>
/// <param name="Device">Global device id.</param>
/// <param name="Day">Day of receipt in the facility's zone.</param>
/// <param name="Measured">Distinct readings that were accepted or refused.</param>
/// <param name="Delivered">With the cloud.</param>
/// <param name="Waiting">In the journal, not with the cloud.</param>
/// <param name="Quarantined">Refused or set aside, with their bytes.</param>
/// <param name="Gaps">Given up, by cause (<see cref="GapCause"/>).</param>
/// <param name="Folded">Repeats of what was known; no part of the equation.</param>
public sealed record LedgerLine(
    string Device, DateOnly Day, long Measured, long Delivered, long Waiting, long Quarantined, IReadOnlyDictionary<string, long> Gaps, long Folded)
{
    public long Gap => Gaps.Values.Sum();

    /// <summary>Whether nothing is unaccounted for.</summary>
    public bool IsBalanced => Measured == Delivered + Waiting + Quarantined + Gap;
}
