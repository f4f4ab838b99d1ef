using System.Text;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Lines;
using IoTHealth.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace IoTHealth.Edge.Tests.Configuration;

/// <summary>A whole gateway that was started from files, with passwords that are their key's name.</summary>
internal sealed class Box : IAsyncDisposable
{
    public const string Rules =
        """
        rules:
          - key: bed-exit
            kind: bed-exit
            codes: [exited]
            severity: high
            text: { ja: "離床", en: "left the bed" }
        """;

    private static readonly Dictionary<string, string> Hashes = [];

    private readonly TestCertificates _certificates;

    public Box()
    {
        _certificates = new TestCertificates(Folder.Path, TimeProvider.System);
        _certificates.Issue("edge");
        Write("rules.yaml", Rules);
    }

    public TestFolder Folder { get; } = new();

    public string ConfigurationFile => Folder.File("edge.yaml");

    public string AuthorityFile => _certificates.AuthorityFile;

    public WebApplication App { get; private set; } = null!;

    public RunningConfiguration Running => App.Services.GetRequiredService<RunningConfiguration>();

    public SqliteJournal Journal => App.Services.GetRequiredService<SqliteJournal>();

    public SerialLines Lines => App.Services.GetRequiredService<SerialLines>();

    /// <summary>The lines that every document of this box begins with.</summary>
    public static string Head(string version = "") =>
        $"""
        {(version.Length > 0 ? $"version: \"{version}\"" : "")}
        gateway: gw-01
        data: data
        timeZone: Asia/Tokyo
        mqtt: {"{"} address: 127.0.0.1, port: 0, certificate: edge.pem, key: edge.key {"}"}
        api: {"{"} address: 127.0.0.1, port: 0 {"}"}

        """;

    public static string Robot(string key, string place = "101-A", string? password = null, string serial = "") =>
        $"{{ key: {key}, profile: watch-over-robot, maker: IoTHealth, model: WatchOver-1, serial: {(serial.Length > 0 ? serial : key)}, place: {place}, password: \"{Hash(password ?? key)}\" }}";

    public static string Meter(string key, string path) =>
        $"{{ key: {key}, profile: contour-meter, maker: Ascensia, model: Contour, serial: C-0001, place: 101-A, line: {{ path: {path} }} }}";

    public static string Station(string key, string? password = null) => $"{{ key: {key}, password: \"{Hash(password ?? key)}\" }}";

    /// <summary>A document of this box: the list of its devices, and other sections as they are.</summary>
    public static string Document(IEnumerable<string> devices, string others = "", string version = "") =>
        $"{Head(version)}devices: [{string.Join(", ", devices)}]\n{others}\n";

    public void Write(string file, string text) => File.WriteAllText(Folder.File(file), text);

    public EdgeConfiguration Parse(string document) => EdgeConfiguration.Parse(Encoding.UTF8.GetBytes(document), "pushed", ConfigurationFile);

    public async Task StartAsync(string document, Action<IServiceCollection>? adjust = null)
    {
        Write("edge.yaml", document);
        App = EdgeHost.Build(EdgeConfiguration.Load(ConfigurationFile), adjust);
        await App.StartAsync();
    }

    public async Task StopAsync()
    {
        if (App is { } app)
        {
            App = null!;
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }

    public Task<BoxClient> ConnectAsync(string key, string? password = null) => BoxClient.ConnectAsync(App, AuthorityFile, key, password ?? key);

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _certificates.Dispose();
        Folder.Dispose();
    }

    // A hash costs 100,000 iterations.
    private static string Hash(string password)
    {
        lock (Hashes)
        {
            return Hashes.TryGetValue(password, out var known) ? known : Hashes[password] = PasswordHash.Of(password);
        }
    }
}
