using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace IoTHealth.Demo.Watching;

/// <summary>
/// The live view of a terminal. Each device has one line. Where the terminal is low, the machinery gives way to devices and alarms; what calls
/// for a hand stands at the bottom.
/// </summary>
internal sealed class TerminalView(Headings headings, Profile terminal)
{
    // Title, borders and headings of a table.
    private const int TableFrame = 6;

    // Key, place, age and the lines between the columns.
    private const int OtherColumns = 46;
    private const int LeastWidth = 20;

    private readonly AlarmTable alarms = new(headings);

    public IRenderable Render(Snapshot seen)
    {
        var low = seen.Edge is { } live && live.Devices.Count + live.Readers.Count + live.Alarms.Count + (4 * TableFrame) > terminal.Height;
        return new Rows(
            seen.Edge is null ? Silent("Edge gateway", "ゲートウェイ") : Devices(seen.Edge, seen.At),
            seen.Edge is null || low ? Text.Empty : Journal(seen.Edge),
            seen.Cloud is null ? Silent("Cloud", "クラウド") : low ? Text.Empty : Cloud(seen.Cloud),
            seen.Edge is null ? Text.Empty : alarms.Render(seen.Edge.Alarms),
            new Text(headings.Of("Ctrl-C ends", "Ctrl-C で終了") + (low ? headings.Of("; a higher terminal shows more", "（縦に広げると詳細を表示）") : ""), Color.Grey));
    }

    private Table Devices(EdgeLive live, DateTimeOffset now)
    {
        var table = Titled("Devices", "機器", ("Device", "機器"), ("Place", "場所"), ("Last values", "最新値"), ("Age", "経過"));
        foreach (var device in live.Devices)
        {
            table.AddPlainRow(device.Key, device.Place, OneLine(device.Values ?? []), Age(device.LastSeen, now));
        }

        return table;
    }

    /// <summary>The newest values first, as many as one line holds.</summary>
    private string OneLine(IReadOnlyList<ValueLive> values)
    {
        var width = Math.Max(LeastWidth, terminal.Width - OtherColumns);
        var line = string.Join("  ", values.OrderByDescending(value => value.Instant).Select(Value));
        return Cut(line, width);
    }

    // Japanese characters take two columns.
    private static string Cut(string line, int width)
    {
        var used = 0;
        for (var i = 0; i < line.Length; i++)
        {
            used += line[i] < '\u1100' ? 1 : 2;
            if (used >= width)
            {
                return line[..i] + "…";
            }
        }

        return line;
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
