using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace IoTHealth.Simulators.Counting;

/// <summary>The report for programs, one JSON object.</summary>
internal static class ReportJson
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower) },
    };

    public static string Write(CountingReport report) => new JsonObject
    {
        ["rows"] = JsonSerializer.SerializeToNode(report.Rows, Format),
        ["measured"] = report.Measured,
        ["sent"] = report.Sent,
        ["acknowledged"] = report.Acknowledged,
        ["found"] = report.Found,
        ["lost"] = report.Lost,
        ["missing"] = report.Missing,
        ["duplicated"] = report.Duplicated,
        ["foreign"] = report.Foreign,
        ["examples"] = JsonSerializer.SerializeToNode(report.Examples, Format),
    }.ToJsonString(Format);
}
