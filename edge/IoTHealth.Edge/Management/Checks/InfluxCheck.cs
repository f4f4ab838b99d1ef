using IoTHealth.Edge.Configuration;

namespace IoTHealth.Edge.Management.Checks;

/// <summary>InfluxDB: in reach. The gateway works without it.</summary>
internal sealed class InfluxCheck : ICheck
{
    private const string Part = "influx";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyList<CheckLine>> LookAsync(CheckSubject subject, CancellationToken cancellation)
    {
        if (subject.Configuration.Influx is not { } influx)
        {
            return [];
        }

        try
        {
            using var http = TrustedHttp.Client(influx.Ca, Patience);
            using var answer = await http.GetAsync(new Uri(influx.Url, "/ping"), cancellation);
            if (answer.IsSuccessStatusCode)
            {
                return [CheckLine.Ok(Part, $"{influx.Url} は応答します。", $"{influx.Url} answers")];
            }

            return [Away(influx.Url, $"HTTP {(int)answer.StatusCode}")];
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            return [Away(influx.Url, e.Message)];
        }
    }

    private static CheckLine Away(Uri url, string why) => CheckLine.Warning(
        Part, new Words($"{url} が応答しません（{why}）。履歴はジャーナルに残ります。", $"{url} does not answer ({why}); history stays in the journal"),
        new Words("systemctl status influxdb を確認してください。", "See systemctl status influxdb."));
}
