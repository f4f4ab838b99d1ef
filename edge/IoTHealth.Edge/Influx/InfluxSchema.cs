using System.Globalization;
using System.Text.Json.Nodes;
using IoTHealth.Edge.Configuration;

namespace IoTHealth.Edge.Influx;

/// <summary>
/// Makes what the history needs in an InfluxDB 1.x: the database, a retention policy for the points as they are (<c>raw</c>) and one for
/// an hour's mean, least, most and count (<c>hourly</c>), and the continuous query that fills it. Asked again it changes only what
/// differs. A database that is somebody else's keeps its default policy and its points.
/// </summary>
public sealed class InfluxSchema(InfluxSettings settings, InfluxWriter writer)
{
    /// <summary>Retention policy of the points as they are.</summary>
    public const string Raw = "raw";

    /// <summary>Retention policy of the hours.</summary>
    public const string Hourly = "hourly";

    private const string Own = "autogen";

    private readonly string _database = Quoted(settings.Database);

    /// <summary>What fills the hours, over points between two instants; the continuous query says the same without them.</summary>
    /// <param name="where">Condition in InfluxQL, or empty.</param>
    public string Downsampling(string where) => string.Create(
        CultureInfo.InvariantCulture,
        $"SELECT mean(*), min(*), max(*), count(\"id\") AS \"count_id\" INTO {_database}.\"{Hourly}\".:MEASUREMENT FROM {_database}.\"{Raw}\"./.*/{where} GROUP BY time(1h), *");

    /// <exception cref="HttpRequestException">The server is down, or refuses.</exception>
    public async Task PrepareAsync(CancellationToken cancellation)
    {
        if (!(await NamesAsync("SHOW DATABASES", cancellation)).Contains(settings.Database))
        {
            await writer.QueryAsync($"CREATE DATABASE {_database} WITH DURATION {settings.RawDays}d SHARD DURATION 1d NAME \"{Raw}\"", cancellation);
        }

        var policies = await PoliciesAsync(cancellation);
        var isEmpty = policies.Keys.All(name => name == Own) && (await NamesAsync($"SHOW MEASUREMENTS ON {_database}", cancellation)).Count == 0;
        await KeepAsync(Raw, settings.RawDays, "1d", policies, isEmpty, cancellation);
        await KeepAsync(Hourly, settings.HourlyDays, "30d", policies, isDefault: false, cancellation);
        await DownsampleAsync(cancellation);
    }

    private async Task KeepAsync(
        string name, int days, string shard, Dictionary<string, TimeSpan> policies, bool isDefault, CancellationToken cancellation)
    {
        if (!policies.TryGetValue(name, out var kept))
        {
            await writer.QueryAsync(
                $"CREATE RETENTION POLICY \"{name}\" ON {_database} DURATION {days}d REPLICATION 1 SHARD DURATION {shard}{(isDefault ? " DEFAULT" : "")}", cancellation);
        }
        else if (kept != TimeSpan.FromDays(days))
        {
            await writer.QueryAsync($"ALTER RETENTION POLICY \"{name}\" ON {_database} DURATION {days}d", cancellation);
        }
    }

    // What comes late counts too, up to two days.
    private async Task DownsampleAsync(CancellationToken cancellation)
    {
        var query = $"CREATE CONTINUOUS QUERY \"{Hourly}\" ON {_database} RESAMPLE EVERY 1h FOR 2d BEGIN {Downsampling("")} END";
        var known = await writer.QueryAsync("SHOW CONTINUOUS QUERIES", cancellation);
        var ours = known.FirstOrDefault(series => (string?)series!["name"] == settings.Database)?["values"] as JsonArray ?? [];
        var text = ours.Where(row => (string?)row![0] == Hourly).Select(row => (string?)row![1]).FirstOrDefault();
        if (text is not null && !IsSame(text, query))
        {
            await writer.QueryAsync($"DROP CONTINUOUS QUERY \"{Hourly}\" ON {_database}", cancellation);
            text = null;
        }

        if (text is null)
        {
            await writer.QueryAsync(query, cancellation);
        }
    }

    // InfluxDB writes names without the quotes they do not need.
    private static bool IsSame(string one, string other) =>
        string.Equals(one.Replace("\"", "", StringComparison.Ordinal), other.Replace("\"", "", StringComparison.Ordinal), StringComparison.Ordinal);

    private async Task<Dictionary<string, TimeSpan>> PoliciesAsync(CancellationToken cancellation)
    {
        var answer = await writer.QueryAsync($"SHOW RETENTION POLICIES ON {_database}", cancellation);
        return (answer.FirstOrDefault()?["values"] as JsonArray ?? [])
            .ToDictionary(row => (string)row![0]!, row => Duration((string)row![1]!), StringComparer.Ordinal);
    }

    private async Task<HashSet<string>> NamesAsync(string query, CancellationToken cancellation)
    {
        var answer = await writer.QueryAsync(query, cancellation);
        return [.. (answer.FirstOrDefault()?["values"] as JsonArray ?? []).Select(row => (string)row![0]!)];
    }

    // As Go writes it: 2160h0m0s; 0s is for ever.
    private static TimeSpan Duration(string text) =>
        text.Split('h') is [var hours, _] && int.TryParse(hours, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? TimeSpan.FromHours(count) : TimeSpan.Zero;

    /// <summary>A text in InfluxQL.</summary>
    internal static string Text(string text) => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";

    /// <summary>A name in InfluxQL.</summary>
    internal static string Quoted(string name) =>
        $"\"{name.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
