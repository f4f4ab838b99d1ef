using IoTHealth.Edge.Alarming;
using IoTHealth.Edge.Assignments;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Management.Api;
using IoTHealth.Edge.Pairing;
using IoTHealth.Edge.Registry;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Management;

/// <summary>The gateway's HTTP interface for the demo's view, staff tools and acknowledgements (docs/SEAMS.md).</summary>
public static class LocalApi
{
    public static void Map(WebApplication app)
    {
        app.MapGet("/health", (Health health) => health.Problems() is { Count: > 0 } problems
            ? Results.Json(new { status = "failing", problems }, statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Ok(new { status = "ok" }));
        var api = app.MapGroup("").AddEndpointFilter(SignedIn.GuardAsync);
        api.MapGet("/live", LiveReport.Of);
        api.MapGet("/configuration", ConfigurationReport.Of);
        api.MapGet("/alarms", (AlarmDesk desk, DeviceRegistry registry) => AlarmReport.Of(desk, registry));
        api.MapPost("/alarms/{id}/acknowledge", AcknowledgeAsync).ForStaff();
        AssignmentApi.Map(api);
        api.MapGet("/pairing", (PairingList pairing) => pairing.Current);
        LedgerDesk.Map(api);
        QuarantineDesk.Map(api);
        ReplayDesk.Map(api);
        Telemetry.Map(app, api);
    }

    private static async Task<IResult> AcknowledgeAsync(string id, AcknowledgeRequest request, AlarmDesk desk)
    {
        if (!MeasurementId.TryParse(id, out var alarm))
        {
            return Results.Problem($"'{id}' is not an alarm id (32 hexadecimal digits)", statusCode: StatusCodes.Status400BadRequest);
        }

        if (string.IsNullOrWhiteSpace(request.By))
        {
            return Results.Problem("'by' must say who acknowledges", statusCode: StatusCodes.Status400BadRequest);
        }

        return await desk.AcknowledgeAsync(alarm, request.By.Trim())
            ? Results.NoContent()
            : Results.Problem($"there is no alarm {id}", statusCode: StatusCodes.Status404NotFound);
    }

    private sealed record AcknowledgeRequest(string? By);
}
