using System.Text.Json;
using System.Text.Json.Nodes;

namespace IoTHealth.VectorRunner;

/// <summary>One line of a vector file.</summary>
/// <remarks>LenientOk: what must be refused may instead keep the sure part and flag it.</remarks>
public sealed record Vector(string Id, VectorInput Input, JsonObject Expect, bool LenientOk)
{
    private static readonly JsonDocumentOptions NoDuplicates = new() { AllowDuplicateProperties = false };

    /// <exception cref="FormatException">The line is no vector; the message says why.</exception>
    public static Vector Parse(string line)
    {
        try
        {
            var json = JsonNode.Parse(line, documentOptions: NoDuplicates) as JsonObject ?? throw new FormatException("not a JSON object");
            var input = new VectorInput(Text(json, "protocol"), Bytes(json), (string?)json["input_text"]);
            return new Vector(Text(json, "id"), Checked(json, input), Expectation(json), (bool?)json["lenient_ok"] ?? false);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new FormatException(error.Message, error);
        }
    }

    private static string Text(JsonObject json, string name) =>
        (string?)json[name] is { Length: > 0 } text ? text : throw new FormatException($"'{name}' is missing");

    private static byte[] Bytes(JsonObject json)
    {
        try
        {
            return Convert.FromHexString((string?)json["input_hex"] ?? "");
        }
        catch (FormatException error)
        {
            throw new FormatException($"'input_hex': {error.Message}", error);
        }
    }

    // An empty input_hex is an input too: an empty frame.
    private static VectorInput Checked(JsonObject json, VectorInput input) =>
        json.ContainsKey("input_hex") != json.ContainsKey("input_text")
            ? input
            : throw new FormatException("one of 'input_hex' and 'input_text' is needed, and only one");

    private static JsonObject Expectation(JsonObject json) =>
        json["expect"] as JsonObject ?? throw new FormatException("'expect' is missing or not an object");
}
