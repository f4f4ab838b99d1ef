using System.Security.Cryptography;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <summary>
/// The journal's data keys: one for each generation, and another once 2^30 payloads are sealed with it, far below the 2^32 that
/// random nonces allow (NIST SP 800-38D, section 8.3). What a key seals is bound to the GUID with which the key was made.
/// </summary>
internal sealed class JournalKeys
{
    public const long PayloadsPerKey = 1L << 30;

    private const int KeyBytes = 32;

    private readonly Dictionary<int, DataKey> _keys;

    private JournalKeys(Dictionary<int, DataKey> keys) => _keys = keys;

    /// <summary>Id of the key that new payloads are sealed with.</summary>
    public int Current => _keys.Keys.Max();

    /// <summary>Opens the keys; makes one where the newest generation has none or its last is worn.</summary>
    /// <exception cref="IOException">The box key does not open the journal.</exception>
    public static JournalKeys Open(SqliteConnection connection, BoxKey boxKey, Guid newest)
    {
        using var transaction = connection.BeginTransaction();
        var keys = Of(WrappedKey.Load(connection), boxKey)._keys;
        var used = JournalTables.Number(
            connection, "select (select coalesce(max(position), 0) from entry) + (select coalesce(max(number), 0) from quarantine)");
        if (!keys.Values.Any(key => key.Journal == newest && key.Form == EntrySeal.Form) || used - keys[keys.Keys.Max()].First >= PayloadsPerKey)
        {
            var id = keys.Keys.Append(0).Max() + 1;
            keys[id] = new DataKey(RandomNumberGenerator.GetBytes(KeyBytes), newest, used, EntrySeal.Form);
            new WrappedKey(id, boxKey.Wrap(keys[id].Key, newest), newest, used, EntrySeal.Form).Store(connection);
        }

        transaction.Commit();
        return new JournalKeys(keys);
    }

    /// <summary>Keys to read with.</summary>
    /// <exception cref="IOException">The box key does not open one of them.</exception>
    public static JournalKeys Of(IEnumerable<WrappedKey> wrapped, BoxKey boxKey) => new(wrapped.ToDictionary(
        row => row.Id, row => new DataKey(boxKey.Unwrap(row.Wrapped, row.Journal), row.Journal, row.First, row.Form)));

    /// <summary>Wraps every key by the new box key, in one transaction. Nothing else of the journal changes.</summary>
    public static void Rewrap(SqliteConnection connection, BoxKey boxKey)
    {
        using var transaction = connection.BeginTransaction();
        foreach (var key in WrappedKey.Load(connection))
        {
            (key with { Wrapped = boxKey.Wrap(boxKey.Unwrap(key.Wrapped, key.Journal), key.Journal) }).Store(connection);
        }

        transaction.Commit();
    }

    /// <exception cref="IOException">There is no such key.</exception>
    public EntrySeal Seal(int keyId) => _keys.TryGetValue(keyId, out var key)
        ? new EntrySeal(key.Key, key.Journal, keyId, key.Form)
        : throw new IOException($"there is no data key {keyId}");

    private sealed record DataKey(byte[] Key, Guid Journal, long First, int Form);
}
