using System.Text;
using IoTHealth.Edge.Journal;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Management.Api;

/// <summary>What was refused, with its bytes: <c>/quarantine</c>.</summary>
internal static class QuarantineDesk
{
    private const int Shown = 100;
    private const int TextBytesShown = 4_096;

    public static void Map(IEndpointRouteBuilder api) => api.MapGet("/quarantine", List);

    /// <summary>How much was ever refused.</summary>
    public static long Count(SqliteConnection connection)
    {
        using var command = JournalTables.Command(connection, "select coalesce(max(number), 0) from quarantine");
        return (long)command.ExecuteScalar()!;
    }

    private static IEnumerable<object> List(SqliteJournal journal) => journal.Quarantine(Shown).Select(item => new
    {
        number = item.Number,
        at = item.At.UtcDateTime,
        source = item.Bytes.Source,
        reason = item.Bytes.Reason,
        bytes = item.Bytes.Raw.Length,
        text = Encoding.UTF8.GetString(item.Bytes.Raw.Span[..Math.Min(item.Bytes.Raw.Length, TextBytesShown)]),
        hex = Convert.ToHexStringLower(item.Bytes.Raw.Span[..Math.Min(item.Bytes.Raw.Length, TextBytesShown)]),
    });
}
