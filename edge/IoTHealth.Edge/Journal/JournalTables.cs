using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <summary>The tables of the journal itself; readers bring their own.</summary>
public static class JournalTables
{
    public const string Create =
        """
        create table if not exists journal (guid blob not null, created integer not null);
        create table if not exists data_key (id integer primary key, wrapped blob not null);
        create table if not exists entry (
          position integer primary key, kind integer not null, id blob not null, revision integer not null,
          priority integer not null, key integer not null, sealed blob not null);
        create table if not exists seen (id blob not null, revision integer not null, primary key (id, revision)) without rowid;
        create table if not exists quarantine (
          number integer primary key, source text not null, reason text not null, at integer not null, key integer not null, sealed blob not null);
        create table if not exists cursor (reader text primary key, position integer not null) without rowid;
        """;

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
        connection.Open();
        Execute(connection, write ? "pragma journal_mode=wal; pragma synchronous=full; pragma wal_autocheckpoint=4000;" : "pragma query_only=on;");
        return connection;
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

    public static long GetCursor(SqliteConnection connection, string reader)
    {
        using var command = Command(connection, "select position from cursor where reader = $reader", ("$reader", reader));
        return command.ExecuteScalar() is long position ? position : 0;
    }

    public static void SetCursor(SqliteConnection connection, string reader, long position) => Execute(
        connection,
        "insert into cursor (reader, position) values ($reader, $position) on conflict (reader) do update set position = excluded.position",
        ("$reader", reader), ("$position", position));
}
