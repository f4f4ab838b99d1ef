using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <summary>The tables of the journal itself; readers bring their own. What went before is brought up to date at opening.</summary>
public static class JournalTables
{
    /// <summary>The device and day of an entry stand before its payload, so that counting reads no overflow page.</summary>
    public const string Create =
        """
        create table if not exists journal (guid blob not null, created integer not null);
        create table if not exists data_key (
          id integer primary key, wrapped blob not null, journal blob, first integer not null default 0, form integer not null default 0);
        create table if not exists generation (number integer primary key, guid blob not null, base integer not null, reason text not null, at integer not null);
        create table if not exists opening (head integer not null);
        create table if not exists entry (
          position integer primary key, kind integer not null, id blob not null, revision integer not null,
          priority integer not null, device integer, day integer, key integer not null, sealed blob not null);
        create index if not exists entry_alarm on entry (position) where priority = 3;
        create table if not exists quarantine (
          number integer primary key, source text not null, reason text not null, at integer not null, device integer, day integer, settled integer,
          key integer not null, sealed blob not null);
        create table if not exists cursor (reader text primary key, position integer not null) without rowid;
        create table if not exists skipped (
          reader text not null, from_position integer not null, to_position integer not null, primary key (reader, from_position)) without rowid;
        create table if not exists day_start (day integer primary key, position integer not null);
        """ + SeenIds.Create + Ledger.Create;

    private static readonly (string Table, string Column, string Declared)[] Added =
    [
        ("entry", "device", "integer"), ("entry", "day", "integer"),
        ("quarantine", "device", "integer"), ("quarantine", "day", "integer"), ("quarantine", "settled", "integer"),
        ("data_key", "journal", "blob"), ("data_key", "first", "integer not null default 0"), ("data_key", "form", "integer not null default 0"),
    ];

    /// <summary>Makes what is not there yet, also in a file of a former version.</summary>
    public static void Prepare(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction();
        Execute(connection, Create);
        foreach (var (table, column, declared) in Added)
        {
            if (!HasColumn(connection, table, column))
            {
                Execute(connection, $"alter table {table} add column {column} {declared}");
            }
        }

        // Those of before have sealed what their number says.
        Execute(connection, $"update data_key set first = (id - 1) * {JournalKeys.PayloadsPerKey} where journal is null");
        Execute(connection, "update data_key set journal = (select guid from journal order by created desc limit 1) where journal is null");
        transaction.Commit();
    }

    /// <summary>Opens the file as a writer or a reader, durable on every commit.</summary>
    public static SqliteConnection Open(string path, bool write)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = write ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadOnly,
            Pooling = false,
            DefaultTimeout = 30,
        }.ToString());
        try
        {
            connection.Open();
            Execute(connection, write
                ? "pragma auto_vacuum=incremental; pragma journal_mode=wal; pragma synchronous=full; pragma cache_size=-8192; pragma journal_size_limit=67108864;"
                : "pragma query_only=on; pragma cache_size=-1000;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static int Execute(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = Command(connection, sql, parameters);
        return command.ExecuteNonQuery();
    }

    public static SqliteCommand Command(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in parameters)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }

    /// <summary>The single number a query yields; 0 where it yields none.</summary>
    public static long Number(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = Command(connection, sql, parameters);
        return command.ExecuteScalar() is long number ? number : 0;
    }

    public static long GetCursor(SqliteConnection connection, string reader) =>
        Number(connection, "select position from cursor where reader = $reader", ("$reader", reader));

    public static void SetCursor(SqliteConnection connection, string reader, long position) => Execute(
        connection,
        "insert into cursor (reader, position) values ($reader, $position) on conflict (reader) do update set position = excluded.position",
        ("$reader", reader), ("$position", position));

    private static bool HasColumn(SqliteConnection connection, string table, string column) =>
        Number(connection, $"select count(*) from pragma_table_info('{table}') where name = $column", ("$column", column)) > 0;
}
