using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace IoTHealth.Demo.Watching;

/// <summary>The live view of a terminal; what calls for a hand stands at the bottom, for a low terminal cuts the top.</summary>
internal sealed class TerminalView(Headings headings)
{
    private readonly AlarmTable alarms = new(headings);

    public IRenderable Render(Snapshot seen) => new Rows(
        seen.Edge is null ? Silent("Edge gateway", "ゲートウェイ") : Devices(seen.Edge, seen.At),
        seen.Edge is null ? Text.Empty : Journal(seen.Edge),
        seen.Cloud is null ? Silent("Cloud", "クラウド") : Cloud(seen.Cloud),
        seen.Edge is null ? Text.Empty : alarms.Render(seen.Edge.Alarms),
        new Text(headings.Of("Ctrl-C ends", "Ctrl-C で終了"), Color.Grey));

    private Table Devices(EdgeLive live, DateTimeOffset now)
    {
        var table = Titled("Devices", "機器", ("Device", "機器"), ("Place", "場所"), ("Last values", "最新値"), ("Age", "経過"));
        foreach (var device in live.Devices)
        {
            table.AddPlainRow(device.Key, device.Place, string.Join("  ", (device.Values ?? []).Select(Value)), Age(device.LastSeen, now));
        }

        return table;
    }

    private string Value(ValueLive value)
    {
        var (name, text) = (headings.Of(value.NameEn, value.NameJa), headings.Of(value.TextEn, value.TextJa));
        return name == text ? name : $"{name} {text}";
    }

    private Table Journal(EdgeLive live)
    {
        var table = Titled("Journal and readers", "記録と配信", ("Reader", "処理"), ("Position", "位置"), ("Behind", "遅れ"), ("State", "状態"));
        table.AddPlainRow(
            headings.OfWord("journal"), ViewTable.Number(live.Head), "", $"{headings.Of("quarantined", "隔離")} {ViewTable.Number(live.Quarantined)}");
        foreach (var reader in live.Readers)
        {
            table.AddPlainRow(
                headings.OfWord(reader.Name), ViewTable.Number(reader.Position), ViewTable.Number(reader.Behind), headings.OfWord(reader.State ?? ""));
        }

        return table;
    }

    private Table Cloud(CloudStatus status)
    {
        var table = Titled("Cloud", "クラウド", ("Name", "名称"), ("Arrived", "到達"), ("Missing", "欠け"), ("Behind", "遅れ"),
            ("Waiting", "割当待ち"), ("Withheld", "同意なし"), ("Quarantined", "隔離"));
        table.Columns.Skip(2).ToList().ForEach(numbers => numbers.NoWrap());
        foreach (var gateway in status.Gateways)
        {
            table.AddPlainRow(gateway.Gateway, ViewTable.Number(gateway.Received), ViewTable.Number(gateway.Missing), "", "", "", "");
        }

        foreach (var feed in status.Feeds)
        {
            table.AddPlainRow(headings.OfWord(feed.Name), ViewTable.Number(feed.Delivered), "", ViewTable.Number(feed.Behind),
                ViewTable.Number(feed.Awaiting), ViewTable.Number(feed.Withheld), ViewTable.Number(feed.Quarantined));
        }

        return table;
    }

    private Table Titled(string en, string ja, params IEnumerable<(string En, string Ja)> columns) =>
        ViewTable.Titled(headings.Of(en, ja), columns.Select(column => headings.Stacked(column.En, column.Ja)));

    private Text Silent(string en, string ja) =>
        new($"{headings.Of(en, ja)}: {headings.Of("no answer", "応答なし")}", Color.Red);

    private static string Age(DateTimeOffset? seen, DateTimeOffset now) => seen is { } instant
        ? string.Create(CultureInfo.InvariantCulture, $"{(now - instant).TotalSeconds:0.0} s")
        : "–";
}
