using Hl7.Fhir.Model;

namespace IoTHealth.Simulators.Fhir;

/// <summary>What the receiver says of itself at <c>/metadata</c>.</summary>
internal static class Capabilities
{
    private static readonly ResourceType[] Types = [ResourceType.Patient, ResourceType.Device, ResourceType.Observation, ResourceType.DiagnosticReport, ResourceType.Provenance];

    public static CapabilityStatement Statement(DateTimeOffset at) => new()
    {
        Status = PublicationStatus.Active,
        DateElement = new FhirDateTime(at),
        Kind = CapabilityStatementKind.Instance,
        FhirVersion = FHIRVersion.N4_0_1,
        Format = ["json"],
        Software = new CapabilityStatement.SoftwareComponent { Name = "IoTHealth simulated FHIR receiver" },
        Implementation = new CapabilityStatement.ImplementationComponent { Description = "A national receiver for tests" },
        Rest =
        [
            new CapabilityStatement.RestComponent
            {
                Mode = CapabilityStatement.RestfulCapabilityMode.Server,
                Interaction = [Of(CapabilityStatement.SystemRestfulInteraction.Transaction), Of(CapabilityStatement.SystemRestfulInteraction.Batch)],
                Resource = [.. Types.Select(OfType)],
            },
        ],
    };

    private static CapabilityStatement.SystemInteractionComponent Of(CapabilityStatement.SystemRestfulInteraction code) => new() { Code = code };

    private static CapabilityStatement.ResourceComponent OfType(ResourceType type) => new()
    {
        Type = type.ToString(),
        Interaction =
        [
            .. new[]
            {
                CapabilityStatement.TypeRestfulInteraction.Create, CapabilityStatement.TypeRestfulInteraction.Update,
                CapabilityStatement.TypeRestfulInteraction.Read, CapabilityStatement.TypeRestfulInteraction.SearchType,
            }.Select(code => new CapabilityStatement.ResourceInteractionComponent { Code = code }),
        ],
        ConditionalCreate = true,
        ConditionalUpdate = true,
        UpdateCreate = true,
        SearchParam = [.. SearchParameters.Select(p => new CapabilityStatement.SearchParamComponent { Name = p.Name, Type = p.Type })],
    };

    private static readonly (string Name, SearchParamType Type)[] SearchParameters =
    [
        ("identifier", SearchParamType.Token), ("code", SearchParamType.Token), ("subject", SearchParamType.Reference),
        ("patient", SearchParamType.Reference), ("device", SearchParamType.Reference),
    ];
}
