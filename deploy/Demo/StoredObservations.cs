using System.Text.Json.Nodes;

namespace IoTHealth.Demo;

/// <summary>What the FHIR receiver stored.</summary>
internal static class StoredObservations
{
    /// <summary>How many Observations there are of each device, by its serial number; versions of one count once.</summary>
    public static IReadOnlyDictionary<string, int> CountBySerial(string fhirFile)
    {
        var stored = File.Exists(fhirFile) ? File.ReadLines(fhirFile).Select(line => JsonNode.Parse(line)!).ToList() : [];
        var serials = stored.Where(line => Is(line, "Device"))
            .GroupBy(line => "Device/" + (string?)line["id"])
            .ToDictionary(versions => versions.Key, versions => (string?)versions.Last()["resource"]?["serialNumber"] ?? "");
        return stored.Where(line => Is(line, "Observation"))
            .DistinctBy(line => (string?)line["id"])
            .GroupBy(line => serials.GetValueOrDefault((string?)line["resource"]?["device"]?["reference"] ?? "", ""))
            .ToDictionary(same => same.Key, same => same.Count());
    }

    private static bool Is(JsonNode line, string type) => (string?)line["type"] == type;
}
