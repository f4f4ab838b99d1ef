using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Features;

namespace IoTHealth.Edge.Management.Api;

/// <summary>
/// The JSON that a caller sends. An endpoint reads it by itself, once the caller is known: what the framework reads it refuses
/// before anybody is asked who he is, without a reason, and unaudited.
/// </summary>
internal static class RequestBody
{
    private const int BytesMaximum = 64 * 1024;

    // A misspelt 'slot' must not assign the whole device.
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false, MaxDepth = 16,
    };

    /// <returns>What was sent, or why it cannot be used.</returns>
    public static async Task<(T? Value, string? Mistake)> ReadAsync<T>(HttpContext context)
        where T : class
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = BytesMaximum;
        }

        try
        {
            return await JsonSerializer.DeserializeAsync<T>(context.Request.Body, Options, context.RequestAborted) is { } value
                ? (value, null)
                : (null, "the request holds no JSON object");
        }
        catch (JsonException e)
        {
            return (null, $"the request is not the JSON that is expected here (line {(e.LineNumber ?? 0) + 1}, at {e.Path ?? "$"})");
        }
        catch (BadHttpRequestException e)
        {
            return (null, e.Message);
        }
    }
}
