using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Registry;

namespace IoTHealth.Edge.Management.Api;

/// <summary><c>GET /ledger?from=&amp;to=&amp;device=</c>: what became of every reading.</summary>
internal static class LedgerDesk
{
    public static void Map(IEndpointRouteBuilder api) => api.MapGet(
        "/ledger",
        (string? from, string? to, string? device, SqliteJournal journal, DeviceRegistry registry, TimeProvider time) =>
        {
            try
            {
                return Results.Ok(journal.Query(connection => LedgerReport.Read(connection, registry, from, to, device, time.GetUtcNow())));
            }
            catch (ArgumentException e)
            {
                return Results.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
            }
        });
}
