using System.Globalization;
using System.Text.Json;
using Hl7.Fhir.Model;
using Task = System.Threading.Tasks.Task;

namespace IoTHealth.Simulators.Fhir;

/// <summary>The receiver's answers.</summary>
internal static class FhirAnswers
{
    public static async Task WriteAsync(HttpResponse response, int status, byte[] resource)
    {
        response.StatusCode = status;
        response.ContentType = FhirJson.ContentType + "; charset=utf-8";
        response.ContentLength = resource.Length;
        await response.Body.WriteAsync(resource);
    }

    public static Task WriteAsync(HttpResponse response, int status, Resource resource) => WriteAsync(response, status, FhirJson.Write(resource));

    public static Bundle.EntryComponent Entry(Outcome outcome) => new()
    {
        Response = new Bundle.ResponseComponent
        {
            Status = outcome.Status == 201 ? "201 Created" : "200 OK",
            Location = outcome.Location,
            Etag = outcome.ETag,
            LastModified = DateTimeOffset.Parse(outcome.LastModified, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal),
        },
    };

    public static Bundle.EntryComponent Entry(FhirRefusal refusal) => new()
    {
        Response = new Bundle.ResponseComponent { Status = refusal.Status.ToString(CultureInfo.InvariantCulture), Outcome = refusal.Outcome },
    };

    /// <summary>A searchset of resources as they were stored.</summary>
    public static byte[] SearchSet(string baseUrl, string self, int total, string? next, IEnumerable<(string Address, byte[] Resource)> page) => Lines.Json.Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("resourceType", "Bundle");
        writer.WriteString("type", "searchset");
        writer.WriteNumber("total", total);
        writer.WriteStartArray("link");
        WriteLink(writer, "self", self);
        if (next is not null)
        {
            WriteLink(writer, "next", next);
        }

        writer.WriteEndArray();
        WriteEntries(writer, baseUrl, [.. page]);
        writer.WriteEndObject();
    });

    private static void WriteLink(Utf8JsonWriter writer, string relation, string url)
    {
        writer.WriteStartObject();
        writer.WriteString("relation", relation);
        writer.WriteString("url", url);
        writer.WriteEndObject();
    }

    // FHIR knows no empty arrays.
    private static void WriteEntries(Utf8JsonWriter writer, string baseUrl, (string Address, byte[] Resource)[] page)
    {
        if (page.Length == 0)
        {
            return;
        }

        writer.WriteStartArray("entry");
        foreach (var (address, resource) in page)
        {
            writer.WriteStartObject();
            writer.WriteString("fullUrl", $"{baseUrl}/{address}");
            writer.WritePropertyName("resource");
            writer.WriteRawValue(resource, skipInputValidation: true);
            writer.WriteStartObject("search");
            writer.WriteString("mode", "match");
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
