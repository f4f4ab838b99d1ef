using Hl7.Fhir.Model;

namespace IoTHealth.Simulators.Fhir;

/// <summary>A FHIR address relative to the base: <c>Type</c>, <c>Type/id</c> or <c>Type?search</c>.</summary>
internal sealed record RestUrl(string Type, string? Id, string? Search)
{
    public static RestUrl Parse(string text)
    {
        var (path, search) = text.Split('?', 2) is [var left, var right] ? (left, right) : (text, null);
        var parts = path.Split('/');
        if (parts.Length > 2 || !ModelInfo.IsKnownResource(parts[0]) || (parts.Length == 2 && !Hl7.Fhir.Model.Id.IsValidValue(parts[1])))
        {
            throw FhirRefusal.Of(400, OperationOutcome.IssueType.Value, $"'{text}' is no address of a resource on this server.");
        }

        return new RestUrl(parts[0], parts.ElementAtOrDefault(1), search);
    }
}
