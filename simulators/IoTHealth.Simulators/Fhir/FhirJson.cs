using System.Text.Json;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Hl7.Fhir.Utility;

namespace IoTHealth.Simulators.Fhir;

/// <summary>FHIR JSON by the Firely SDK in its strict mode.</summary>
internal static class FhirJson
{
    public const string ContentType = "application/fhir+json";
    private static readonly JsonSerializerOptions Strict = new JsonSerializerOptions().ForFhir(ModelInfo.ModelInspector);

    /// <exception cref="FhirRefusal">400: the text is no valid FHIR resource; names every place.</exception>
    public static async Task<Resource> ReadAsync(Stream body, CancellationToken stop)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync<Resource>(body, Strict, stop)
                ?? throw FhirRefusal.Of(400, OperationOutcome.IssueType.Structure, "The body is null.");
        }
        catch (DeserializationFailedException invalid)
        {
            throw new FhirRefusal(400, [.. invalid.Exceptions.Select(ComplaintOf)]);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            throw FhirRefusal.Of(400, OperationOutcome.IssueType.Structure, malformed.Message);
        }
    }

    public static byte[] Write(Resource resource) => JsonSerializer.SerializeToUtf8Bytes(resource, Strict);

    private static Complaint ComplaintOf(Exception cause) => new(
        OperationOutcome.IssueType.Structure,
        cause.Message,
        cause is ExtendedCodedException coded ? coded.InstancePath : null);
}
