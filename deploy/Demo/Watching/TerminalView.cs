using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace IoTHealth.Demo.Watching;

/// <summary>The live view of a terminal.</summary>
internal sealed class TerminalView(Headings headings)
{
    private const int AlarmsShown = 8;

    public IRenderable Render(Snapshot seen) => new Rows(
        seen.Edge is null ? Silent("Edge gateway", "ゲートウェイ") : Devices(seen.Edge, seen.At),
        seen.Edge is null ? Text.Empty : Journal(seen.Edge),
        seen.Cloud is null ? Silent("Cloud", "クラウド") : Cloud(seen.Cloud),
        seen.Edge is null ? Text.Empty : Alarms(seen.Edge),
        new Text(headings.Of("Ctrl-C ends", "Ctrl-C で終了"), Color.Grey));

    private Table Devices(EdgeLive live, DateTimeOffset now)
    {
        var table = Titled("Devices", "機器", ("Device", "機器"), ("Place", "場所"), ("Last values", "最新値"), ("Age", "経過"));
        foreach (var device in live.Devices)
        {
            var values = string.Join("  ", (device.Values ?? []).Select(value => $"{headings.Of(value.NameEn, value.NameJa)} {value.Text}"));
            table.AddRow(Cell(device.Key), Cell(device.Place), Cell(values), Cell(Age(device.LastSeen, now)));
        }

        return table;
    }

    private Table Journal(EdgeLive live)
    {
        var table = Titled("Journal and readers", "記録と配信", ("Reader", "読み手"), ("Position", "位置"), ("Lag", "遅れ"), ("State", "状態"));
        table.AddRow(Cell("journal"), Cell(Number(live.Head)), Cell(""), Cell($"{headings.Of("quarantined", "隔離")} {live.Quarantined}"));
        foreach (var reader in live.Readers)
        {
            table.AddRow(
                Cell(reader.Name), Cell(Number(reader.Position)), Cell(Number(reader.Behind)), Cell(reader.State ?? ""));
        }

        return table;
    }

    private Table Cloud(CloudStatus status)
    {
        var table = Titled("Cloud", "クラウド", ("", ""), ("Received / delivered", "受信・配信"), ("Behind", "遅れ"), ("Waiting", "割当待ち"),
            ("Withheld", "同意なし"), ("Quarantined", "隔離"));
        foreach (var gateway in status.Gateways)
        {
            table.AddRow(Cell(gateway.Gateway), Cell(Number(gateway.Received)), Cell(Number(gateway.Missing)), Cell(""), Cell(""), Cell(""));
        }

        foreach (var feed in status.Feeds)
        {
            table.AddRow(Cell(feed.Name), Cell(Number(feed.Delivered)), Cell(Number(feed.Behind)), Cell(Number(feed.Awaiting)),
                Cell(Number(feed.Withheld)), Cell(Number(feed.Quarantined)));
        }

        return table;
    }

    private Table Alarms(EdgeLive live)
    {
        var table = Titled("Alarms", "警報", ("Raised at", "時刻"), ("Rule", "規則"), ("Place", "場所"), ("State", "状態"),
            ("Attempts", "通知回数"), ("Acknowledged by", "確認者"), ("Alarm id", "番号"));
        foreach (var alarm in live.Alarms.OrderByDescending(one => one.Instant).Take(AlarmsShown))
        {
            table.AddRow(Cell(Clock(alarm.Instant)), Cell(alarm.Rule), Cell(alarm.Place ?? alarm.Device), Cell(State(alarm)),
                Cell(Number(alarm.Attempts)), Cell(alarm.AcknowledgedBy ?? ""), Cell(alarm.Alarm));
        }

        return table;
    }

    private string State(AlarmLive alarm) => alarm switch
    {
        { AcknowledgedBy: not null } => headings.Of("acknowledged", "確認済み"),
        { Delivered: true } => headings.Of("delivered", "通知済み"),
        _ => headings.Of("calling", "通知中"),
    };

    private Table Titled(string en, string ja, params (string En, string Ja)[] columns)
    {
        var table = new Table().Title(headings.Of(en, ja)).Border(TableBorder.Rounded).Expand();
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(Cell(column.En.Length == 0 ? "" : headings.Of(column.En, column.Ja))));
        }

        return table;
    }

    private Text Silent(string en, string ja) =>
        new($"{headings.Of(en, ja)}: {headings.Of("no answer", "応答なし")}", Color.Red);

    private static Text Cell(string text) => new(text);

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private static string Clock(DateTimeOffset instant) => instant.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Age(DateTimeOffset? seen, DateTimeOffset now) => seen is { } instant
        ? string.Create(CultureInfo.InvariantCulture, $"{(now - instant).TotalSeconds:0.0} s")
        : "–";
}
