using System.Net.Http.Headers;
using System.Net.Security;
using IoTHealth.Edge.Broker;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Management;
using IoTHealth.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace IoTHealth.Edge.Tests.Management;

/// <summary>A whole gateway, serving on free ports of this machine.</summary>
internal sealed class BuiltGateway : IAsyncDisposable
{
    public const string Password = "a password of robot-01";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TestFolder _folder;

    private BuiltGateway(TestFolder folder, WebApplication app, Uri address) => (_folder, App, Address) = (folder, app, address);

    public WebApplication App { get; }

    public Uri Address { get; }

    public string ConfigurationFile => _folder.File("edge.yaml");

    public string Data => _folder.File("data");

    public string AuthorityFile => _folder.File("ca.pem");

    public string Token => File.ReadAllText(Path.Combine(Data, ApiToken.FileName));

    public int MqttPort => Part<MqttBroker>().EndPoint.Port;

    /// <param name="api">Further settings of <c>api</c>, beginning with a comma.</param>
    /// <param name="more">Further lines of the configuration.</param>
    /// <param name="adjust">Replaces parts.</param>
    /// <param name="prepare">Writes further files into the folder of the configuration.</param>
    public static async Task<BuiltGateway> StartAsync(
        string api = "", string more = "", Action<IServiceCollection>? adjust = null, Action<TestFolder>? prepare = null)
    {
        var folder = Prepare(api, more);
        prepare?.Invoke(folder);
        var configuration = EdgeConfiguration.Load(folder.File("edge.yaml"));
        var app = EdgeHost.Build(configuration, adjust);
        await app.StartAsync();
        GatewayAddress.Keep(app, configuration.Data);
        return new BuiltGateway(folder, app, GatewayAddress.Find(configuration.Data)!);
    }

    /// <summary>The folder of a gateway that does not run.</summary>
    public static TestFolder Prepare(string api = "", string more = "")
    {
        var folder = new TestFolder();
        using var certificates = new TestCertificates(folder.Path, TimeProvider.System);
        certificates.Issue("edge");
        File.WriteAllText(
            folder.File("edge.yaml"),
            $$"""
            gateway: gw-01
            data: data
            timeZone: Asia/Tokyo
            mqtt: { address: 127.0.0.1, port: 0, certificate: edge.pem, key: edge.key }
            api: { address: 127.0.0.1, port: 0{{api}} }
            bluetooth: { bus: "unix:path=/nonexistent/bus" }
            devices:
              - { key: robot-01, profile: watch-over-robot, maker: IoTHealth, model: WatchOver-1, serial: R-0001, place: "Room 101", password: "{{PasswordHash.Of(Password)}}" }
            {{more}}
            """);
        return folder;
    }

    public T Part<T>()
        where T : notnull => App.Services.GetRequiredService<T>();

    /// <summary>A client without any credential, that trusts the test's authority.</summary>
    public HttpClient Client()
    {
        var handler = new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = TrustedHttp.Policy(AuthorityFile) } };
        return new HttpClient(handler) { BaseAddress = Address };
    }

    /// <summary>A client with the box's token.</summary>
    public HttpClient SignedInClient()
    {
        var client = Client();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        return client;
    }

    /// <summary>The gateway's command line as a process of its own, on this configuration.</summary>
    public Task<CommandRun> CommandAsync(params string[] arguments) => CommandAsync(ConfigurationFile, arguments);

    public static Task<CommandRun> CommandAsync(string configuration, params string[] arguments) =>
        CommandRun.OfAsync(Path.Combine(AppContext.BaseDirectory, "IoTHealth.Edge"), [.. arguments, "--config", configuration], Patience);

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        _folder.Dispose();
    }
}
