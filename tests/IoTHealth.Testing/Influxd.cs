using System.Globalization;
using System.Text.Json.Nodes;

namespace IoTHealth.Testing;

/// <summary>Debian's influxd (1.x) on a free port of 127.0.0.1; its folder and port are kept over stop and start.</summary>
public sealed class Influxd : IAsyncDisposable
{
    private readonly string program;
    private readonly string folder;
    private readonly HttpClient http;
    private ServerProcess? process;

    public Influxd(string folder, int port)
    {
        program = Require.Program("influxd");
        (this.folder, Port) = (folder, port);
        http = new HttpClient { BaseAddress = Url };
        Directory.CreateDirectory(folder);
        File.WriteAllText(ConfigurationFile, Configuration());
    }

    public int Port { get; }

    public Uri Url => new($"http://127.0.0.1:{Port}");

    private string ConfigurationFile => Path.Combine(folder, "influxdb.conf");

    /// <summary>Starts it and makes sure that the database exists.</summary>
    public async Task StartAsync(string database)
    {
        process = ServerProcess.Start(new("influxd", program, ["-config", ConfigurationFile], Path.Combine(folder, "influxd.log")));
        await process.WaitForAsync(PingAsync, TimeSpan.FromSeconds(20));
        await PostAsync($"CREATE DATABASE \"{database}\"");
    }

    public async Task StopAsync()
    {
        await process!.StopAsync(TimeSpan.FromSeconds(10));
        await process.DisposeAsync();
        process = null;
    }

    /// <summary>The series an InfluxQL query answers with; times are epoch nanoseconds.</summary>
    public async Task<JsonArray> QueryAsync(string database, string query, CancellationToken cancel = default)
    {
        var url = $"query?db={Uri.EscapeDataString(database)}&epoch=ns&q={Uri.EscapeDataString(query)}";
        var answer = JsonNode.Parse(await http.GetStringAsync(new Uri(url, UriKind.Relative), cancel))!;
        var result = answer["results"]![0]!;
        return result["error"] is { } error
            ? throw new IOException($"influxd: {error}")
            : result["series"] as JsonArray ?? [];
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (process is not null)
        {
            await process.DisposeAsync();
        }
    }

    private async Task PostAsync(string query)
    {
        using var form = new FormUrlEncodedContent([new("q", query)]);
        using var answer = await http.PostAsync(new Uri("query", UriKind.Relative), form);
        answer.EnsureSuccessStatusCode();
    }

    private async Task<bool> PingAsync(CancellationToken cancel)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri("ping", UriKind.Relative), cancel);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private string Configuration() => string.Create(CultureInfo.InvariantCulture, $"""
        reporting-disabled = true
        bind-address = "127.0.0.1:{FreePort.Take()}"
        [meta]
          dir = "{folder}/meta"
        [data]
          dir = "{folder}/data"
          wal-dir = "{folder}/wal"
          query-log-enabled = false
        [http]
          bind-address = "127.0.0.1:{Port}"
          log-enabled = false
        [monitor]
          store-enabled = false
        [subscriber]
          enabled = false
        [continuous_queries]
          enabled = false

        """);
}
