using IoTHealth.Cloud.Log;
using IoTHealth.Measurements;

namespace IoTHealth.Cloud.Ledger;

/// <summary>What the ledger keeps of an entry: a measurement's device and day, or a gap.</summary>
/// <param name="Logged">The entry.</param>
/// <param name="Measurement">Of a measurement.</param>
/// <param name="Gap">Of a gap in the journal.</param>
public sealed record LedgerNote(LoggedEntry Logged, CountedMeasurement? Measurement, Gap? Gap);

/// <param name="Id">The measurement.</param>
/// <param name="Device">Global device id.</param>
/// <param name="Day">Day of receipt by the gateway, in the facility's zone.</param>
public sealed record CountedMeasurement(MeasurementId Id, string Device, DateOnly Day);
