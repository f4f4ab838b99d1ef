namespace IoTHealth.Edge.Journal;

/// <summary>An entry that is being given up.</summary>
/// <param name="Position">Where it stood.</param>
/// <param name="Device">Number of its device in the ledger; null for none.</param>
/// <param name="Day">Its day in the ledger; null for none.</param>
internal readonly record struct Gone(long Position, int? Device, int? Day);
