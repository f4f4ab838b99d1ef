using System.Collections.Frozen;

namespace IoTHealth.Demo.Watching;

/// <summary>Names and states that edge and cloud tell of themselves, as people read them.</summary>
internal static class Words
{
    private static readonly FrozenDictionary<string, (string En, string Ja)> Known = new Dictionary<string, (string, string)>(StringComparer.Ordinal)
    {
        ["journal"] = ("journal", "記録"),
        ["uplink"] = ("uplink", "クラウド送信"),
        ["influx"] = ("InfluxDB", "InfluxDB"),
        ["alarms"] = ("alarms", "警報"),
        ["live"] = ("live", "表示"),
        ["starting"] = ("starting", "開始中"),
        ["connected"] = ("connected", "接続中"),
        ["following"] = ("following", "追従中"),
        ["not configured"] = ("not configured", "未設定"),
        ["records"] = ("records", "医療記録"),
        ["latest"] = ("latest", "最新値"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Null for what is not known, such as the reason of a failure.</summary>
    public static (string En, string Ja)? Find(string word) => Known.TryGetValue(word, out var words) ? words : null;
}
