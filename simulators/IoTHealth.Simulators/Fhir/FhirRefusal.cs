using Hl7.Fhir.Model;

namespace IoTHealth.Simulators.Fhir;

/// <summary>One thing wrong with a request.</summary>
/// <param name="Where">FHIRPath of the element, or null for the request itself.</param>
internal sealed record Complaint(OperationOutcome.IssueType Kind, string What, string? Where = null);

/// <summary>A request the receiver answers with an OperationOutcome instead of doing it.</summary>
internal sealed class FhirRefusal(int status, params IReadOnlyList<Complaint> complaints)
    : Exception(string.Join("; ", complaints.Select(c => c.Where is null ? c.What : $"{c.Where}: {c.What}")))
{
    public int Status { get; } = status;

    public OperationOutcome Outcome { get; } = new()
    {
        Issue = [.. complaints.Select(c => new OperationOutcome.IssueComponent
        {
            Severity = OperationOutcome.IssueSeverity.Error,
            Code = c.Kind,
            Diagnostics = c.What,
            Expression = c.Where is null ? [] : [c.Where],
        })],
    };

    public static FhirRefusal Of(int status, OperationOutcome.IssueType kind, string what) => new(status, new Complaint(kind, what));
}
