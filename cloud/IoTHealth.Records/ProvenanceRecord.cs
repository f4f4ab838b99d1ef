using System.Globalization;
using Hl7.Fhir.Model;
using IoTHealth.Measurements;

namespace IoTHealth.Records;

/// <summary>Who assembled an Observation, from which gateway, journal and position.</summary>
public static class ProvenanceRecord
{
    /// <summary>The assembler: this program.</summary>
    public const string Program = "IoTHealth.Cloud";

    /// <summary>Logical id of the Provenance of an Observation: the same however often it is sent.</summary>
    public static string IdOf(AttributedMeasurement attributed) =>
        MeasurementId.Of("provenance", attributed.ObservationIdentifier).ToString();

    public static Provenance Of(AttributedMeasurement attributed, string observation, string gateway) => new()
    {
        Id = IdOf(attributed),
        Target = [new ResourceReference(observation)],
        Recorded = Milliseconds(attributed.Origin.Received),
        Agent =
        [
            Agent(Systems.ProvenanceAgentType, "assembler", Logical(Systems.Agent, Program)),
            Agent(Systems.Agent, "gateway", new ResourceReference(gateway)),
        ],
        Entity =
        [
            new Provenance.EntityComponent
            {
                Role = Provenance.ProvenanceEntityRole.Source,
                What = Logical(Systems.Journal, Journal(attributed.Origin)),
            },
        ],
    };

    private static string Journal(Origin origin) => string.Create(
        CultureInfo.InvariantCulture, $"{origin.Journal.Gateway}/{origin.Journal.Guid:D}/{origin.Position}");

    private static ResourceReference Logical(string system, string value) => new() { Identifier = new Identifier(system, value) };

    private static Provenance.AgentComponent Agent(string system, string code, ResourceReference who) =>
        new() { Type = new CodeableConcept(system, code), Who = who };

    /// <summary>FHIR's instants are compared as text by receivers, so what we say more finely is cut.</summary>
    private static DateTimeOffset Milliseconds(DateTimeOffset instant) =>
        new(instant.UtcTicks - instant.UtcTicks % TimeSpan.TicksPerMillisecond, TimeSpan.Zero);
}
