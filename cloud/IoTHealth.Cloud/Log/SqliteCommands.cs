using Microsoft.Data.Sqlite;

namespace IoTHealth.Cloud.Log;

/// <summary>Commands in a line: parameters are named by their order, <c>$0</c>, <c>$1</c> and so on.</summary>
internal static class SqliteCommands
{
    /// <summary>Runs a statement and answers how many rows it changed.</summary>
    public static int Run(this SqliteConnection connection, string sql, params ReadOnlySpan<object?> values)
    {
        using var command = connection.Command(sql, values);
        return command.ExecuteNonQuery();
    }

    public static long Number(this SqliteConnection connection, string sql, params ReadOnlySpan<object?> values)
    {
        using var command = connection.Command(sql, values);
        return command.ExecuteScalar() is long number ? number : 0;
    }

    public static List<T> List<T>(
        this SqliteConnection connection, string sql, Func<SqliteDataReader, T> row, params ReadOnlySpan<object?> values)
    {
        using var command = connection.Command(sql, values);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(row(reader));
        }

        return rows;
    }

    /// <summary>A statement to run many times: set the values by <see cref="RunAgain"/>.</summary>
    public static SqliteCommand Command(this SqliteConnection connection, string sql, params ReadOnlySpan<object?> values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters.AddWithValue($"${i}", values[i] ?? DBNull.Value);
        }

        return command;
    }

    public static int RunAgain(this SqliteCommand command, params ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (command.Parameters.Count <= i)
            {
                command.Parameters.AddWithValue($"${i}", values[i] ?? DBNull.Value);
            }
            else
            {
                command.Parameters[i].Value = values[i] ?? DBNull.Value;
            }
        }

        return command.ExecuteNonQuery();
    }

    public static DateTimeOffset Instant(this SqliteDataReader row, int column) => new(row.GetInt64(column), TimeSpan.Zero);

    public static byte[] Bytes(this SqliteDataReader row, int column) => row.GetFieldValue<byte[]>(column);
}
