using Hl7.Fhir.Model;

namespace IoTHealth.Simulators.Fhir;

/// <summary>One thing a client wants written, alone or as an entry of a bundle.</summary>
/// <param name="IfNoneExist">The search that must find nothing for a create to happen, or null.</param>
/// <param name="FullUrl">What other entries call it, or null.</param>
/// <param name="Where">Its FHIRPath in the request, for complaints.</param>
internal sealed record Interaction(bool IsUpdate, RestUrl Url, string? IfNoneExist, Resource Resource, string? FullUrl, string Where)
{
    public static Interaction Of(Bundle.EntryComponent entry, int number)
    {
        var where = $"Bundle.entry[{number}]";
        if (entry.Request is not { Method: Bundle.HTTPVerb.POST or Bundle.HTTPVerb.PUT } request || entry.Resource is null)
        {
            throw new FhirRefusal(400, new Complaint(OperationOutcome.IssueType.NotSupported, "An entry needs a resource and a request with method POST or PUT.", where));
        }

        return new Interaction(
            request.Method == Bundle.HTTPVerb.PUT, RestUrl.Parse(request.Url ?? ""), request.IfNoneExist, entry.Resource, entry.FullUrl, $"{where}.resource");
    }
}
