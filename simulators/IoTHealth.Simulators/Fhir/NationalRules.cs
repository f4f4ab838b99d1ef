using Hl7.Fhir.Model;

namespace IoTHealth.Simulators.Fhir;

/// <summary>What a national receiver asks beyond FHIR R4 itself: the basics of JP Core 1.x.</summary>
internal static class NationalRules
{
    /// <exception cref="FhirRefusal">422, naming every breach in every resource.</exception>
    public static void Check(IReadOnlyList<Interaction> interactions)
    {
        Complaint[] complaints = [.. interactions.SelectMany(Complaints)];
        if (complaints.Length > 0)
        {
            throw new FhirRefusal(422, complaints);
        }
    }

    private static IEnumerable<Complaint> Complaints(Interaction interaction) => interaction.Resource switch
    {
        Observation observation => ObservationRules.Complaints(observation, interaction.Where),
        Patient patient when !patient.Identifier.Exists(IsWhole) => [Missing("JP_Patient needs an identifier with system and value.", interaction.Where, "identifier")],
        Device device when !device.Identifier.Exists(IsWhole) => [Missing("A device needs an identifier with system and value.", interaction.Where, "identifier")],
        DiagnosticReport report when report.Subject?.Reference is null => [Missing("A report needs its subject.", interaction.Where, "subject")],
        DiagnosticReport report when !report.Identifier.Exists(IsWhole) => [Missing("A report needs an identifier with system and value.", interaction.Where, "identifier")],
        Provenance provenance => ProvenanceComplaints(provenance, interaction.Where),
        _ => [],
    };

    private static IEnumerable<Complaint> ProvenanceComplaints(Provenance provenance, string where)
    {
        if (provenance.Target.Count == 0)
        {
            yield return Missing("Provenance needs a target.", where, "target");
        }

        if (provenance.Recorded is null)
        {
            yield return Missing("Provenance needs the time of recording.", where, "recorded");
        }

        if (!provenance.Agent.Exists(agent => agent.Who is not null))
        {
            yield return Missing("Provenance needs an agent who.", where, "agent");
        }
    }

    private static bool IsWhole(Identifier identifier) => !string.IsNullOrEmpty(identifier.System) && !string.IsNullOrEmpty(identifier.Value);

    private static Complaint Missing(string what, string where, string element) => new(OperationOutcome.IssueType.Required, what, $"{where}.{element}");
}
