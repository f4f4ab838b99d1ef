using System.Globalization;
using Spectre.Console;

namespace IoTHealth.Demo.Watching;

/// <summary>How tables of the live view look.</summary>
internal static class ViewTable
{
    public static Table Titled(string title, params IEnumerable<string> headings)
    {
        var table = new Table().Title(title).Border(TableBorder.Rounded).Expand();
        foreach (var heading in headings)
        {
            table.AddColumn(Column(heading));
        }

        return table;
    }

    public static TableColumn Column(string heading) => new(new Text(heading));

    /// <summary>A row of plain text: no cell is read as markup.</summary>
    public static void AddPlainRow(this Table table, params IEnumerable<string> cells) => table.AddRow(cells.Select(cell => new Text(cell)));

    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
