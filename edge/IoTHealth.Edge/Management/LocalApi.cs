using System.Text;
using IoTHealth.Edge.Alarming;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Lines;
using IoTHealth.Edge.Live;
using IoTHealth.Edge.Radios;
using IoTHealth.Edge.Registry;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Management;

/// <summary>The gateway's HTTP interface for the demo's view, staff tools and acknowledgements (docs/SEAMS.md).</summary>
public static class LocalApi
{
    private const int AlarmsShown = 100;
    private const int QuarantineShown = 100;
    private const int TextBytesShown = 4_096;

    public static void Map(WebApplication app)
    {
        app.MapGet("/health", (Health health) => health.Problems() is { Count: > 0 } problems
            ? Results.Json(new { status = "failing", problems }, statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Ok(new { status = "ok" }));
        var api = app.MapGroup("").AddEndpointFilter(SignedInAsync);
        api.MapGet("/live", Live);
        api.MapGet("/alarms", (AlarmDesk desk, DeviceRegistry registry) => Alarms(desk, registry));
        api.MapGet("/quarantine", Quarantine);
        api.MapPost("/alarms/{id}/acknowledge", AcknowledgeAsync);
    }

    private static async ValueTask<object?> SignedInAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var token = context.HttpContext.RequestServices.GetRequiredService<ApiToken>();
        return token.Matches(context.HttpContext.Request.Headers.Authorization)
            ? await next(context)
            : Results.Problem("Authorization: Bearer <token> is needed; the token lies in <data>/api.token", statusCode: StatusCodes.Status401Unauthorized);
    }

    private static object Live(SqliteJournal journal, LiveView view, AlarmDesk desk, DeviceRegistry registry, Readers readers, SerialLines lines, BluetoothDevices radios) => new
    {
        gateway = journal.Id.Gateway,
        journal = journal.Id.Guid,
        head = journal.Head,
        readers = readers.Status().Select(reader => new { name = reader.Name, position = reader.Position, behind = reader.Behind, state = reader.State }),
        devices = view.Devices,
        links = lines.States.Concat(radios.States).OrderBy(line => line.Key, StringComparer.Ordinal).Select(line => new { device = line.Key, state = line.Value }),
        alarms = Alarms(desk, registry),
        quarantined = journal.Query(QuarantineCount),
    };

    private static IEnumerable<object> Alarms(AlarmDesk desk, DeviceRegistry registry) => desk.List(AlarmsShown).Select(pair => new
    {
        alarm = pair.Alarm.Id.ToString(),
        rule = pair.Alarm.Rule,
        severity = pair.Alarm.Severity,
        device = registry.Find(pair.Alarm.Device)?.Context.Key ?? pair.Alarm.Device.Value,
        place = pair.Alarm.Place,
        instant = pair.Alarm.Instant.UtcDateTime,
        raised = pair.Alarm.Raised.UtcDateTime,
        textJa = pair.Alarm.TextJa,
        textEn = pair.Alarm.TextEn,
        history = pair.Call.History,
        attempts = pair.Call.Attempts,
        delivered = pair.Call.Delivered,
        acknowledgedBy = pair.Call.AcknowledgedBy,
        acknowledgedAt = pair.Call.AcknowledgedAt?.UtcDateTime,
    });

    private static IEnumerable<object> Quarantine(SqliteJournal journal) => journal.Quarantine(QuarantineShown).Select(item => new
    {
        number = item.Number,
        at = item.At.UtcDateTime,
        source = item.Bytes.Source,
        reason = item.Bytes.Reason,
        bytes = item.Bytes.Raw.Length,
        text = Encoding.UTF8.GetString(item.Bytes.Raw.Span[..Math.Min(item.Bytes.Raw.Length, TextBytesShown)]),
        hex = Convert.ToHexStringLower(item.Bytes.Raw.Span[..Math.Min(item.Bytes.Raw.Length, TextBytesShown)]),
    });

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

    private static long QuarantineCount(Microsoft.Data.Sqlite.SqliteConnection connection)
    {
        using var command = JournalTables.Command(connection, "select coalesce(max(number), 0) from quarantine");
        return (long)command.ExecuteScalar()!;
    }

    private sealed record AcknowledgeRequest(string? By);
}
