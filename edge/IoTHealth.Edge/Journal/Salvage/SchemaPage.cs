using System.Text.RegularExpressions;

namespace IoTHealth.Edge.Journal.Salvage;

/// <summary>Where the tables of a SQLite file begin, as its own first page says.</summary>
internal static partial class SchemaPage
{
    private const int FirstPage = 1;

    public static IReadOnlyList<NotedTable> Tables(PageRows rows) =>
    [
        .. rows.Tree(FirstPage)
            .Where(row => row.Values is ["table", string, string, long, string])
            .Select(row => Table((string)row.Values[1]!, (int)(long)row.Values[3]!, (string)row.Values[4]!)),
    ];

    private static NotedTable Table(string name, int root, string sql)
    {
        var inner = sql[(sql.IndexOf('(', StringComparison.Ordinal) + 1)..sql.LastIndexOf(')')];
        var columns = new List<string>();
        var rowId = -1;
        foreach (var part in Parted().Split(inner).Select(part => part.Trim()).Where(part => !part.StartsWith("primary key", StringComparison.OrdinalIgnoreCase)))
        {
            if (part.Contains("integer primary key", StringComparison.OrdinalIgnoreCase))
            {
                rowId = columns.Count;
            }

            columns.Add(part.Split(' ')[0]);
        }

        return new NotedTable(name, root, columns, rowId, sql);
    }

    // Commas outside parentheses.
    [GeneratedRegex(@",(?![^(]*\))")]
    private static partial Regex Parted();
}
