using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <summary>Small numbers that stand for devices in the journal's rows. Used by the writer's thread alone.</summary>
internal sealed class LedgerDevices(SqliteConnection connection)
{
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<int, string> _names = [];

    /// <summary>The device's number, made where there is none.</summary>
    public int Number(string device)
    {
        if (!_numbers.TryGetValue(device, out var number))
        {
            JournalTables.Execute(connection, "insert or ignore into ledger_device (id) values ($id)", ("$id", device));
            number = (int)JournalTables.Number(connection, "select number from ledger_device where id = $id", ("$id", device));
            _numbers[device] = number;
        }

        return number;
    }

    /// <summary>The device of a number; null where it is not known.</summary>
    public string? Name(int number)
    {
        if (!_names.TryGetValue(number, out var name))
        {
            using var command = JournalTables.Command(connection, "select id from ledger_device where number = $number", ("$number", number));
            if (command.ExecuteScalar() is not string found)
            {
                return null;
            }

            _names[number] = name = found;
        }

        return name;
    }

    /// <summary>Forgets what a transaction made that was rolled back.</summary>
    public void Forget()
    {
        _numbers.Clear();
        _names.Clear();
    }
}
