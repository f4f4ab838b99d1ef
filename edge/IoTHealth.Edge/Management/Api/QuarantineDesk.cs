using System.Text;
using IoTHealth.Edge.Journal;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Management.Api;

/// <summary>What was refused, with its bytes: <c>/quarantine</c>, and trying it again.</summary>
internal static class QuarantineDesk
{
    private const int Shown = 100;
    private const int TextBytesShown = 4_096;
    private const int RetriedAtOnce = 200;
    private const int OutcomesMaximum = 10_000;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/quarantine", (SqliteJournal journal) => journal.Quarantine(Shown).Select(item => Tell(item, TextBytesShown)));
        api.MapGet("/quarantine/{number:long}", (long number, SqliteJournal journal) =>
            Find(journal, number) is { } item ? Results.Ok(Tell(item, int.MaxValue)) : Gone(number));
        api.MapPost("/quarantine/{number:long}/retry", RetryAsync);
        api.MapPost("/quarantine/retry", RetryAllAsync);
    }

    /// <summary>How much was ever refused.</summary>
    public static long Count(SqliteConnection connection)
    {
        using var command = JournalTables.Command(connection, "select coalesce(max(number), 0) from quarantine");
        return (long)command.ExecuteScalar()!;
    }

    private static (long Number, DateTimeOffset At, QuarantinedBytes Bytes)? Find(SqliteJournal journal, long number) =>
        journal.Quarantine(1, number) is [var item] && item.Number == number ? item : null;

    private static async Task<IResult> RetryAsync(long number, SqliteJournal journal, QuarantineRetry retry, CancellationToken cancellation) =>
        Find(journal, number) is { } item ? Results.Ok(await retry.RetryAsync(item.Number, item.At, item.Bytes, cancellation)) : Gone(number);

    // Newest first, page by page: what is refused again gets a new number, above the page, and is not met again.
    private static async Task<IResult> RetryAllAsync(SqliteJournal journal, QuarantineRetry retry, CancellationToken cancellation)
    {
        var outcomes = new List<RetryOutcome>();
        for (var page = journal.Quarantine(RetriedAtOnce); page.Count > 0 && outcomes.Count < OutcomesMaximum; page = journal.Quarantine(RetriedAtOnce, page[^1].Number - 1))
        {
            foreach (var item in page)
            {
                outcomes.Add(await retry.RetryAsync(item.Number, item.At, item.Bytes, cancellation));
            }
        }

        return Results.Ok(outcomes);
    }

    private static IResult Gone(long number) =>
        Results.Problem($"there is no item {number} in quarantine, or it is done with", statusCode: StatusCodes.Status404NotFound);

    private static object Tell((long Number, DateTimeOffset At, QuarantinedBytes Bytes) item, int most) => new
    {
        number = item.Number,
        at = item.At.UtcDateTime,
        source = item.Bytes.Source,
        reason = item.Bytes.Reason,
        bytes = item.Bytes.Raw.Length,
        text = Encoding.UTF8.GetString(item.Bytes.Raw.Span[..Math.Min(item.Bytes.Raw.Length, most)]),
        hex = Convert.ToHexStringLower(item.Bytes.Raw.Span[..Math.Min(item.Bytes.Raw.Length, most)]),
    };
}
