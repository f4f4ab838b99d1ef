using System.Globalization;
using System.Text.RegularExpressions;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Management.Api;
using IoTHealth.Edge.Registry;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Assignments;

/// <summary>Who holds a device, as staff state it on the box: <c>/assignments</c> (docs/SEAMS.md).</summary>
internal static partial class AssignmentApi
{
    private const int SlotMaximum = 254;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/assignments", (AssignmentDesk desk, DeviceRegistry registry) => desk.Current.Select(one => Show(one, registry)));
        api.MapGet("/assignments/conflicts", (AssignmentDesk desk, DeviceRegistry registry) =>
            desk.Conflicts().Select(pair => new[] { Show(pair.One, registry), Show(pair.Other, registry) }));
        api.MapPost("/assignments", StateAsync).ForStaff();
        api.MapPost("/assignments/{id}/confirm", ConfirmAsync).ForStaff();
    }

    private static async Task<IResult> StateAsync(
        HttpContext context, AssignmentDesk desk, DeviceRegistry registry, RunningConfiguration running, TimeProvider time)
    {
        var (request, mistake) = await RequestBody.ReadAsync<StateRequest>(context);
        if (request is null || (mistake = Mistake(request, registry, running)) is not null)
        {
            return Results.Problem(mistake, statusCode: StatusCodes.Status400BadRequest);
        }

        var assignment = new Assignment(
            registry.Find(request.Device!)!.Context.Id, request.Resident!, Instant(request.From)!.Value, Instant(request.To), request.By!.Trim(), time.GetUtcNow(), request.Slot);
        await desk.StateAsync(assignment);
        return Results.Ok(Show(assignment, registry));
    }

    private static async Task<IResult> ConfirmAsync(string id, HttpContext context, AssignmentDesk desk)
    {
        var (request, mistake) = await RequestBody.ReadAsync<ConfirmRequest>(context);
        if (request is null || !MeasurementId.TryParse(id, out var assignment) || string.IsNullOrWhiteSpace(request.By))
        {
            return Results.Problem(
                mistake ?? "an assignment's id (32 hexadecimal digits) and 'by' are needed", statusCode: StatusCodes.Status400BadRequest);
        }

        return await desk.ConfirmAsync(assignment, request.By.Trim()) is { } ended
            ? Results.Ok(new { ended })
            : Results.Problem("no assignment with this id holds", statusCode: StatusCodes.Status404NotFound);
    }

    private static string? Mistake(StateRequest request, DeviceRegistry registry, RunningConfiguration running)
    {
        if (request.Device is null || registry.Find(request.Device) is not { } device)
        {
            return "'device' must be the key of a registered device";
        }

        if (request.Resident is null || !Key().IsMatch(request.Resident))
        {
            return "'resident' must be a resident's opaque key (letters, digits, '.', '_', '-'), never a name";
        }

        if (Instant(request.From) is not { } from || (request.To is not null && !(Instant(request.To) >= from)))
        {
            return "'from', and 'to' where it is given, must be instants with an offset such as 2026-11-24T09:00:00+09:00, and 'to' not before 'from'";
        }

        if (request.Slot is < 0 or > SlotMaximum)
        {
            return $"'slot' must be a user slot, 0 to {SlotMaximum}";
        }

        var isShared = running.Current.Devices.Any(one => one.Key == device.Context.Key && one.Shared);
        return string.IsNullOrWhiteSpace(request.By) ? "'by' must say who states it"
            : isShared && request.Slot is null ? $"several share '{request.Device}': 'slot' must say which user slot is the resident's"
            : null;
    }

    // Without an offset nobody knows which instant is meant.
    private static DateTimeOffset? Instant(string? text) =>
        text is not null && Offset().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant)
            ? instant.ToUniversalTime()
            : null;

    private static object Show(Assignment assignment, DeviceRegistry registry) => new
    {
        id = assignment.Id.ToString(),
        device = registry.Find(assignment.Device)?.Context.Key ?? assignment.Device.Value,
        slot = assignment.Slot,
        resident = assignment.Resident,
        from = assignment.From,
        to = assignment.To,
        by = assignment.Author,
        recorded = assignment.Recorded,
    };

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\z")]
    private static partial Regex Key();

    [GeneratedRegex(@"^\d{4}-\d{2}-\d{2}T\S*(Z|[+-]\d{2}:\d{2})\z")]
    private static partial Regex Offset();

    private sealed record StateRequest(string? Device, string? Resident, string? From, string? To, string? By, int? Slot);

    private sealed record ConfirmRequest(string? By);
}
