using IoTHealth.Cloud.Security;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Cloud.Log;

/// <summary>
/// One SQLite database: WAL, synchronous=FULL, a single writer that takes turns, and readers that never wait for it.
/// </summary>
public sealed class SqliteFile : IAsyncDisposable
{
    private const int BusyTimeoutSeconds = 5;

    private readonly SqliteConnection _writer;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly string _readerString;

    private SqliteFile(SqliteConnection writer, string readerString) => (_writer, _readerString) = (writer, readerString);

    /// <summary>Opens or creates the database with mode 0600 and runs the schema, which must be idempotent.</summary>
    /// <exception cref="SqliteException">The file is not a database, or cannot be written.</exception>
    public static SqliteFile Open(string path, string schema)
    {
        PrivateFile.Create(path, FileMode.OpenOrCreate).Dispose();
        var builder = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = BusyTimeoutSeconds };
        var writer = new SqliteConnection(new SqliteConnectionStringBuilder(builder.ConnectionString) { Pooling = false }.ToString());
        try
        {
            writer.Open();
            writer.Run("pragma journal_mode=wal; pragma synchronous=full; pragma wal_autocheckpoint=4000;");
            writer.Run(schema);
            return new SqliteFile(writer, builder.ToString());
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    /// <summary>Runs the work in one transaction, committed when it returns and rolled back when it throws.</summary>
    public Task<T> WriteAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellation) =>
        Task.Run(() => WriteInTurnAsync(work, cancellation), cancellation);

    public Task WriteAsync(Action<SqliteConnection> work, CancellationToken cancellation) => WriteAsync(
        connection =>
        {
            work(connection);
            return true;
        },
        cancellation);

    /// <summary>Runs a query against the last committed state.</summary>
    public Task<T> ReadAsync<T>(Func<SqliteConnection, T> query, CancellationToken cancellation) => Task.Run(
        () =>
        {
            using var connection = new SqliteConnection(_readerString);
            connection.Open();
            return query(connection);
        },
        cancellation);

    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync();
        await _writer.DisposeAsync();
        using var pooled = new SqliteConnection(_readerString);
        SqliteConnection.ClearPool(pooled);
        _turn.Dispose();
    }

    private async Task<T> WriteInTurnAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            // Immediate: the lock is taken before the fence is read, so that two processes cannot both pass it.
            using var transaction = _writer.BeginTransaction(deferred: false);
            var result = work(_writer);
            transaction.Commit();
            return result;
        }
        finally
        {
            _turn.Release();
        }
    }
}
