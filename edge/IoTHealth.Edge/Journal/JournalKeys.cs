using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <summary>
/// The journal's GUID and data keys. A data key seals at most 2^30 payloads, far below the 2^32 that random nonces allow
/// (NIST SP 800-38D, section 8.3); then the next start makes another.
/// </summary>
internal sealed class JournalKeys
{
    private const long PayloadsPerKey = 1L << 30;
    private const int KeyBytes = 32;

    private readonly Dictionary<int, byte[]> _keys;

    private JournalKeys(Guid journal, Dictionary<int, byte[]> keys) => (Journal, _keys) = (journal, keys);

    public Guid Journal { get; }

    /// <summary>Id of the key that new payloads are sealed with.</summary>
    public int Current => _keys.Keys.Max();

    /// <exception cref="IOException">The box key does not open the journal.</exception>
    public static JournalKeys Open(SqliteConnection connection, BoxKey boxKey, TimeProvider time)
    {
        using var transaction = connection.BeginTransaction();
        var journal = Guid(connection) ?? Begin(connection, time);
        var keys = Wrapped(connection).ToDictionary(row => row.Id, row => boxKey.Unwrap(row.Wrapped, journal));
        if (keys.Count == 0 || Used(connection, keys.Keys.Max()) >= PayloadsPerKey)
        {
            var id = keys.Count == 0 ? 1 : keys.Keys.Max() + 1;
            keys[id] = RandomNumberGenerator.GetBytes(KeyBytes);
            JournalTables.Execute(
                connection, "insert into data_key (id, wrapped) values ($id, $wrapped)", ("$id", id), ("$wrapped", boxKey.Wrap(keys[id], journal)));
        }

        transaction.Commit();
        return new JournalKeys(journal, keys);
    }

    /// <exception cref="IOException">There is no such key.</exception>
    public EntrySeal Seal(int keyId) =>
        _keys.TryGetValue(keyId, out var key) ? new EntrySeal(key, Journal, keyId) : throw new IOException($"there is no data key {keyId}");

    private static Guid? Guid(SqliteConnection connection)
    {
        using var command = JournalTables.Command(connection, "select guid from journal order by created desc limit 1");
        return command.ExecuteScalar() is byte[] bytes ? new Guid(bytes, bigEndian: true) : null;
    }

    private static Guid Begin(SqliteConnection connection, TimeProvider time)
    {
        var journal = System.Guid.NewGuid();
        JournalTables.Execute(
            connection, "insert into journal (guid, created) values ($guid, $created)",
            ("$guid", journal.ToByteArray(bigEndian: true)), ("$created", time.GetUtcNow().UtcTicks));
        return journal;
    }

    private static List<(int Id, byte[] Wrapped)> Wrapped(SqliteConnection connection)
    {
        using var command = JournalTables.Command(connection, "select id, wrapped from data_key");
        using var rows = command.ExecuteReader();
        var keys = new List<(int, byte[])>();
        while (rows.Read())
        {
            keys.Add((rows.GetInt32(0), (byte[])rows.GetValue(1)));
        }

        return keys;
    }

    // Positions and quarantine numbers only grow, so their sum bounds what the first key has sealed; a later key began
    // where the multiple of its number lies.
    private static long Used(SqliteConnection connection, int key)
    {
        using var command = JournalTables.Command(
            connection, "select (select coalesce(max(position), 0) from entry) + (select coalesce(max(number), 0) from quarantine)");
        return (long)command.ExecuteScalar()! - (key - 1) * PayloadsPerKey;
    }
}
