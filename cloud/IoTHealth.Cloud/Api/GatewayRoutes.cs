using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using IoTHealth.Cloud.Hub;
using IoTHealth.Cloud.Log;
using IoTHealth.Cloud.Security;

namespace IoTHealth.Cloud.Api;

/// <summary>What an operator may ask of one gateway: a direct method, its twin.</summary>
public static partial class GatewayRoutes
{
    /// <summary>As Azure IoT Hub's bound.</summary>
    private const int PayloadMaximumBytes = 128 * 1024;

    private const int PatienceSeconds = 30;
    private const int PatienceMaximumSeconds = 300;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/gateways/{id}/methods/{name}", InvokeAsync);
        api.MapGet("/gateways/{id}/twin", TwinAsync);
    }

    /// <summary>200 with the gateway's own status and answer; 404 not registered or not connected, 504 no answer in time.</summary>
    private static async Task<IResult> InvokeAsync(
        string id, string name, int? timeout, HttpRequest request, GatewayMethods methods, GatewayRegistry registry, CancellationToken cancellation)
    {
        if (!MethodName().IsMatch(name) || timeout is < 1 or > PatienceMaximumSeconds)
        {
            return Refused(400, $"a method's name has 1 to 100 letters, digits, '.', '_' or '-'; timeout is 1 to {PatienceMaximumSeconds} seconds");
        }

        if (registry.Find(id) is null)
        {
            return Refused(404, "no such gateway is registered");
        }

        if (await ReadJsonAsync(request, cancellation) is not { } payload)
        {
            return Refused(400, $"the request is not JSON, or longer than {PayloadMaximumBytes} bytes");
        }

        var answer = await methods.InvokeAsync(id, name, payload, TimeSpan.FromSeconds(timeout ?? PatienceSeconds), cancellation);
        return answer.Outcome switch
        {
            MethodOutcome.Answered => Results.Json(new { status = answer.Status, payload = answer.Body }),
            MethodOutcome.NotConnected => Refused(404, "the gateway is not connected"),
            MethodOutcome.TimedOut => Refused(504, "the gateway did not answer in time: it may have done it or not"),
            _ => Refused(429, "too many methods wait for this gateway"),
        };
    }

    private static async Task<IResult> TwinAsync(
        string id, TwinStore twins, IMeasurementLog log, GatewayRegistry registry, CancellationToken cancellation) =>
        registry.Find(id) is null
            ? Refused(404, "no such gateway is registered")
            : Results.Bytes(await twins.ReadAsync(id, await log.ReceivedUpToAsync(id, cancellation), cancellation), "application/json");

    /// <summary>The body, empty where there is none; null when it is too long or no JSON.</summary>
    private static async Task<byte[]?> ReadJsonAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (await BoundedBody.ReadAsync(request, PayloadMaximumBytes, cancellation) is not { } body)
        {
            return null;
        }

        try
        {
            _ = body.Length == 0 ? null : JsonNode.Parse(body);
            return body;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    internal static IResult Refused(int status, string reason) => Results.Json(new { reason }, statusCode: status);

    [GeneratedRegex("^[A-Za-z0-9._-]{1,100}$")]
    private static partial Regex MethodName();
}
