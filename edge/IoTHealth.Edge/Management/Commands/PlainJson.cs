using System.Text.Encodings.Web;
using System.Text.Json;

namespace IoTHealth.Edge.Management.Commands;

/// <summary>JSON as scripts and people read it: Japanese as itself, dates in ISO 8601.</summary>
internal static class PlainJson
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Of(object value) => JsonSerializer.Serialize(value, Options);

    public static void Print(object value) => Console.WriteLine(Of(value));
}
