using IoTHealth.Measurements;

namespace IoTHealth.Records;

/// <summary>Where the cloud's log holds an entry from: enough to find it again in the gateway's journal.</summary>
public sealed record Origin(JournalId Journal, long Position, DateTimeOffset Received);

/// <summary>A measurement with the resident it belongs to, ready to be told to the record system.</summary>
/// <param name="Measurement">The act of measuring.</param>
/// <param name="Resident">Whose it is.</param>
/// <param name="AttributionRevision">From 1; counts up with every correction of subject or content.</param>
/// <param name="Origin">Gateway, journal and position it came from.</param>
/// <param name="Document">The document, where it is one and no act of measuring.</param>
public sealed record AttributedMeasurement(
    Measurement Measurement,
    Resident Resident,
    int AttributionRevision,
    Origin Origin,
    AttachedDocument? Document = null)
{
    /// <summary>Identifier of the Observation, in <see cref="Systems.Observation"/>, or of the report, in <see cref="Systems.Document"/>.</summary>
    public string ObservationIdentifier => $"{Measurement.Id}.{Resident.Key}.{AttributionRevision}";
}
