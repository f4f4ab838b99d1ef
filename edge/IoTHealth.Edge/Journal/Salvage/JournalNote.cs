using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal.Salvage;

/// <summary>A table as its rows lie on disk.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Root">Page its tree begins with.</param>
/// <param name="Columns">Columns in the order of the record.</param>
/// <param name="RowId">Index of the column that is the row's number; -1 where the table has none.</param>
/// <param name="Sql">How it is made.</param>
internal sealed record NotedTable(string Name, int Root, IReadOnlyList<string> Columns, int RowId, string Sql);

/// <summary>
/// What is noted beside the journal (<c>journal.note</c>), so that it can be read where its own first page, or the page with its keys, is
/// damaged: the wrapped data keys, where tables begin, up to where the log came, and whether it was closed in order.
/// </summary>
internal sealed record JournalNote(
    Guid Guid, long Head, bool IsClosed, IReadOnlyList<WrappedKey> Keys, IReadOnlyList<NotedTable> Tables)
{
    private const string FileName = "journal.note";

    /// <summary>The note of a folder; null where there is none that can be read.</summary>
    public static JournalNote? Find(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize<JournalNote>(File.ReadAllText(Path.Combine(folder, FileName)));
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>What is to be noted of an open journal.</summary>
    public static JournalNote Of(SqliteConnection connection, bool isClosed) => new(
        GenerationTable.Load(connection)[^1].Guid,
        JournalTables.Number(connection, "select coalesce(max(position), 0) from entry"),
        isClosed,
        WrappedKey.Load(connection),
        [.. Names(connection).Select(table => Table(connection, table.Name, table.Sql))]);

    /// <summary>Writes it whole or not at all.</summary>
    public void Write(string folder)
    {
        var path = Path.Combine(folder, FileName);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(path + ".new", options))
        {
            JsonSerializer.Serialize(stream, this);
            stream.Flush(flushToDisk: true);
        }

        File.Move(path + ".new", path, overwrite: true);
    }

    private static List<(string Name, string Sql)> Names(SqliteConnection connection)
    {
        using var command = JournalTables.Command(connection, "select name, sql from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name");
        using var rows = command.ExecuteReader();
        var names = new List<(string, string)>();
        while (rows.Read())
        {
            names.Add((rows.GetString(0), rows.GetString(1)));
        }

        return names;
    }

    private static NotedTable Table(SqliteConnection connection, string name, string sql)
    {
        var root = (int)JournalTables.Number(connection, "select rootpage from sqlite_master where type = 'table' and name = $name", ("$name", name));
        var isTree = JournalTables.Number(connection, "select wr from pragma_table_list where name = $name", ("$name", name)) == 0;
        using var command = JournalTables.Command(connection, "select name, pk, type from pragma_table_info($name) order by cid", ("$name", name));
        using var rows = command.ExecuteReader();
        var columns = new List<(string Name, int Key, string Type)>();
        while (rows.Read())
        {
            columns.Add((rows.GetString(0), rows.GetInt32(1), rows.GetString(2)));
        }

        // Without row numbers the key's columns come first.
        var ordered = isTree ? columns : [.. columns.Where(c => c.Key > 0).OrderBy(c => c.Key), .. columns.Where(c => c.Key == 0)];
        var rowId = isTree && columns.Count(c => c.Key > 0) == 1
            ? ordered.FindIndex(c => c.Key == 1 && c.Type.Equals("integer", StringComparison.OrdinalIgnoreCase))
            : -1;
        return new NotedTable(name, root, [.. ordered.Select(c => c.Name)], rowId, sql);
    }
}
