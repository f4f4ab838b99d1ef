using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <summary>A few connections that cannot write, so that no reader waits behind another one's big read.</summary>
internal sealed class ReadPool(string path) : IDisposable
{
    private const int Connections = 8;

    private readonly SemaphoreSlim _free = new(Connections);
    private readonly ConcurrentBag<SqliteConnection> _idle = [];
    private volatile bool _closed;

    /// <exception cref="IOException">The pool is closed.</exception>
    /// <exception cref="SqliteException">The query failed.</exception>
    public T Use<T>(Func<SqliteConnection, T> query)
    {
        _free.Wait();
        try
        {
            if (_closed)
            {
                throw new IOException($"{path}: the journal is closed");
            }

            return Use(query, _idle.TryTake(out var idle) ? idle : JournalTables.Open(path, write: false));
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Waits for those who read, then closes.</summary>
    public void Dispose()
    {
        _closed = true;
        for (var i = 0; i < Connections; i++)
        {
            _free.Wait();
        }

        foreach (var connection in _idle)
        {
            connection.Dispose();
        }

        _idle.Clear();
        _free.Release(Connections);
    }

    private T Use<T>(Func<SqliteConnection, T> query, SqliteConnection connection)
    {
        try
        {
            var result = query(connection);
            _idle.Add(connection);
            return result;
        }
        catch
        {
            // What it holds is not known any more.
            connection.Dispose();
            throw;
        }
    }
}
