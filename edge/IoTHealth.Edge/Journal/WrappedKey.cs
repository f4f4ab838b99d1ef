using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <summary>A data key as it is kept: wrapped by the box key.</summary>
/// <param name="Id">Number that entries name.</param>
/// <param name="Wrapped">The key, wrapped.</param>
/// <param name="Journal">GUID it was made for; what it seals is bound to it.</param>
/// <param name="First">Payloads sealed with its forerunners.</param>
/// <param name="Form">What it binds besides the payload (<see cref="EntrySeal.Form"/>).</param>
internal sealed record WrappedKey(int Id, byte[] Wrapped, Guid Journal, long First, int Form)
{
    public static List<WrappedKey> Load(SqliteConnection connection)
    {
        using var command = JournalTables.Command(connection, "select id, wrapped, journal, first, form from data_key order by id");
        using var rows = command.ExecuteReader();
        var keys = new List<WrappedKey>();
        while (rows.Read())
        {
            keys.Add(new WrappedKey(
                rows.GetInt32(0), (byte[])rows.GetValue(1), new Guid((byte[])rows.GetValue(2), bigEndian: true), rows.GetInt64(3), rows.GetInt32(4)));
        }

        return keys;
    }

    public void Store(SqliteConnection connection) => JournalTables.Execute(
        connection, "insert or replace into data_key (id, wrapped, journal, first, form) values ($id, $wrapped, $journal, $first, $form)",
        ("$id", Id), ("$wrapped", Wrapped), ("$journal", Journal.ToByteArray(bigEndian: true)), ("$first", First), ("$form", Form));
}
