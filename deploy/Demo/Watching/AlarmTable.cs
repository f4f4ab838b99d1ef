using System.Globalization;
using Spectre.Console;

namespace IoTHealth.Demo.Watching;

/// <summary>The alarms of the live view: open ones first, then the latest.</summary>
internal sealed class AlarmTable(Headings headings)
{
    private const int FewestShown = 3;
    private const int MostShown = 8;
    private const int LinesOfEach = 6;

    // A low terminal shows fewer, so that the table's head stays in sight.
    private static int Shown => Math.Clamp(AnsiConsole.Profile.Height / LinesOfEach, FewestShown, MostShown);

    public Table Render(IReadOnlyList<AlarmLive> alarms)
    {
        var table = ViewTable.Titled(headings.Of("Alarms", "警報"));
        table.AddColumn(Narrow("Raised at", "発生時刻"));
        table.AddColumn(Wide("Alarm", "内容"));
        table.AddColumn(Wide("State", "状態"));
        table.AddColumn(Narrow("Calls", "通知数"));
        table.AddColumn(Wide("By", "確認者"));
        table.AddColumn(Narrow("Alarm id", "警報ID"));
        foreach (var alarm in alarms.OrderByDescending(one => one.IsOpen).ThenByDescending(one => one.Raised).Take(Shown))
        {
            table.AddRow(
                new Text(Clock(alarm.Raised)), new Text(headings.Stacked(alarm.TextEn, alarm.TextJa)), new Text(State(alarm)),
                new Text(ViewTable.Number(alarm.Attempts)), new Text(alarm.AcknowledgedBy ?? ""), new Text(alarm.ShortId));
        }

        return table;
    }

    private string State(AlarmLive alarm) => alarm switch
    {
        { AcknowledgedBy: not null } => headings.Stacked("acknowledged", "確認済み"),
        { History: true } => headings.Stacked("history, no call", "履歴のみ"),
        { Delivered: true } => headings.Stacked("delivered", "通知済み"),
        _ => headings.Stacked("calling", "通知中"),
    };

    private TableColumn Narrow(string en, string ja) => Wide(en, ja).NoWrap();

    private TableColumn Wide(string en, string ja) => ViewTable.Column(headings.Stacked(en, ja));

    private static string Clock(DateTimeOffset instant) => instant.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);
}
