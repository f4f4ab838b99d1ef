using System.Globalization;
using System.Net;
using System.Text.Json;

namespace IoTHealth.Cloud.Feeds;

/// <summary>What the record system said of a transaction.</summary>
public abstract record FhirAnswer
{
    private const int ReasonMaximum = 500;

    private FhirAnswer()
    {
    }

    public sealed record Taken : FhirAnswer;

    /// <summary>Not now: the same transaction may be taken later.</summary>
    /// <param name="Reason">For the log.</param>
    /// <param name="Status">HTTP status; null where no answer came.</param>
    public sealed record Later(string Reason, int? Status = null) : FhirAnswer
    {
        /// <summary>The status alone, where there was one.</summary>
        public string Short => Status?.ToString(CultureInfo.InvariantCulture) ?? Reason;
    }

    /// <summary>Not as it is: something in the transaction is wrong.</summary>
    public sealed record Refused(string Reason) : FhirAnswer;

    /// <summary>
    /// Judges a response. Answers that speak of our access or the address, not of the content, mean later: a wrong
    /// password must not put every reading into quarantine. 412 speaks of the content: several resources match one condition.
    /// </summary>
    public static FhirAnswer Of(HttpStatusCode status, ReadOnlySpan<byte> body, int entries) => (int)status switch
    {
        >= 200 and < 300 => IsTransactionResponse(body, entries)
            ? new Taken()
            : new Later("the answer to the transaction is not a transaction response for every entry", (int)status),
        401 or 403 or 404 or 405 or 407 or 408 or 409 or 425 or 429 => new Later($"HTTP {(int)status}", (int)status),
        >= 400 and < 500 => new Refused($"HTTP {(int)status}: {Issues(body)}"),
        _ => new Later($"HTTP {(int)status}", (int)status),
    };

    private static bool IsTransactionResponse(ReadOnlySpan<byte> body, int entries)
    {
        if (Parse(body) is not { } root || Text(root, "resourceType") != "Bundle" || Text(root, "type") != "transaction-response")
        {
            return false;
        }

        return root.TryGetProperty("entry", out var answered) && answered.ValueKind == JsonValueKind.Array
            && answered.GetArrayLength() == entries && answered.EnumerateArray().All(IsTaken);
    }

    private static bool IsTaken(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("response", out var response)
        && Text(response, "status")?.StartsWith('2') == true;

    /// <summary>Diagnostics and details of an OperationOutcome, cut to a bound.</summary>
    private static string Issues(ReadOnlySpan<byte> body)
    {
        if (Parse(body) is not { } root || !root.TryGetProperty("issue", out var issues) || issues.ValueKind != JsonValueKind.Array)
        {
            return "no OperationOutcome";
        }

        var said = issues.EnumerateArray().Select(issue => Text(issue, "diagnostics") ?? Details(issue) ?? Text(issue, "code"));
        var reason = string.Join("; ", said.Where(text => text is not null));
        return reason.Length > ReasonMaximum ? reason[..ReasonMaximum] : reason;
    }

    private static string? Details(JsonElement issue) =>
        issue.ValueKind == JsonValueKind.Object && issue.TryGetProperty("details", out var details) ? Text(details, "text") : null;

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static JsonElement? Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            return JsonElement.ParseValue(ref reader) is { ValueKind: JsonValueKind.Object } root ? root : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
