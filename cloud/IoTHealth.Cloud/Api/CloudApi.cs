using System.Globalization;
using IoTHealth.Cloud.Feeds;
using IoTHealth.Cloud.Ledger;
using IoTHealth.Cloud.Log;
using IoTHealth.Cloud.Patients;
using IoTHealth.Cloud.Security;
using IoTHealth.Measurements;

namespace IoTHealth.Cloud.Api;

/// <summary>The cloud's HTTP API. Everything but <c>/health</c> wants the bearer token.</summary>
public static class CloudApi
{
    private const int RowsMaximum = 1000;

    public static void Map(WebApplication app, string token)
    {
        app.MapGet("/health", () => Results.Json(new { status = "ok" }));
        var guarded = app.MapGroup("").AddEndpointFilter(new BearerFilter(token));
        guarded.MapGet("/status", StatusAsync);
        guarded.MapGet("/residents/{key}/latest", LatestAsync);
        guarded.MapGet("/awaiting", AwaitingAsync);
        guarded.MapGet("/quarantine", QuarantineAsync);
        guarded.MapGet("/ledger", LedgerAsync);
        GatewayRoutes.Map(guarded);
        ConfigurationRoutes.Map(guarded);
    }

    private static async Task<IResult> StatusAsync(
        IMeasurementLog log, FeedStore store, IEnumerable<FeedReader> readers, ResidentDirectory directory, ResidentsWatch watch,
        GatewaysWatch registry, CancellationToken cancellation)
    {
        var journals = await log.JournalsAsync(cancellation);
        var gateways = journals.Where(state => state.Journal.Gateway != FileAssignments.Gateway).Select(state => new
        {
            gateway = state.Journal.Gateway,
            journal = state.Journal.Guid,
            received = state.Received,
            missing = state.Missing,
            gone = state.Gone,
            head = state.Head,
        });
        var feeds = new List<object>();
        foreach (var reader in readers)
        {
            // Before the counts: what is delivered in between then shows as both, never as neither.
            var behind = await reader.BehindAsync(cancellation);
            var count = await store.CountAsync(reader.Name, cancellation);
            feeds.Add(new
            {
                name = reader.Name,
                behind,
                delivered = count.Delivered,
                awaiting = count.Awaiting,
                withheld = count.Withheld,
                quarantined = count.Quarantined,
                notTakenBack = await reader.CountNotTakenBackAsync(cancellation),
            });
        }

        return Results.Json(new
        {
            gateways,
            feeds,
            residents = new { count = directory.Count, refusal = watch.Refusal },
            registry = new { refusal = registry.Refusal },
        });
    }

    private static async Task<IResult> LatestAsync(string key, ResidentDirectory residents, IGrainFactory grains)
    {
        switch (residents.ConsentOf(key))
        {
            case null:
                return Results.NotFound();
            case ConsentDecision.Deny:
                return Results.Json(new { reason = "the resident does not consent to records being read" }, statusCode: StatusCodes.Status403Forbidden);
        }

        var values = await grains.GetGrain<IPatientGrain>(key).ReadAsync();
        return Results.Json(new
        {
            resident = key,
            values = values.Select(value => new { sign = value.Sign, text = value.Text, instant = Utc(value.Instant) }),
        });
    }

    private static async Task<IResult> AwaitingAsync(FeedStore store, CancellationToken cancellation) =>
        Results.Json((await store.AwaitingAsync(RowsMaximum, cancellation)).Select(reading => new
        {
            device = reading.Device.Value,
            kind = reading.Kind,
            instant = Utc(reading.Instant),
            reason = reading.Reason,
        }));

    private static async Task<IResult> QuarantineAsync(IMeasurementLog log, FeedStore store, CancellationToken cancellation)
    {
        var messages = (await log.ReadQuarantineAsync(RowsMaximum, cancellation)).Select(message => new QuarantineRow(
            "hub", message.Gateway, message.Reason, Utc(message.At), Convert.ToBase64String(message.Bytes.Span)));
        var readings = (await store.RefusedAsync(RowsMaximum, cancellation)).Select(reading => new QuarantineRow(
            reading.Feed, reading.Gateway, reading.Reason, Utc(reading.At), Convert.ToBase64String(reading.Bytes)));
        return Results.Json(messages.Concat(readings));
    }

    /// <summary>The account of law 3 of one gateway; <c>day</c> left out: of all days, the latest first.</summary>
    private static async Task<IResult> LedgerAsync(string gateway, string? day, LedgerStore ledger, CancellationToken cancellation)
    {
        if (day is null)
        {
            return Results.Json(await ledger.ReadAsync(RecordFeed.FeedName, gateway, null, cancellation));
        }

        return DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? Results.Json(await ledger.ReadAsync(RecordFeed.FeedName, gateway, date, cancellation))
            : GatewayRoutes.Refused(400, "day is yyyy-MM-dd");
    }

    private static string Utc(DateTimeOffset instant) => Records.ObservationRecord.Milliseconds(instant);

    private sealed record QuarantineRow(string Source, string Gateway, string Reason, string At, string Bytes);
}
