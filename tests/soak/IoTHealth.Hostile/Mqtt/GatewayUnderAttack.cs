using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using IoTHealth.Testing;

namespace IoTHealth.Hostile.Mqtt;

/// <summary>A gateway as a process of its own, with an honest robot and some whose credentials were stolen.</summary>
internal sealed class GatewayUnderAttack : IAsyncDisposable
{
    private readonly TestFolder _folder = new("iothealth-hostile");
    private readonly TestCertificates _certificates;
    private readonly ServerProcess _process;

    private GatewayUnderAttack(int attackers, TimeProvider time)
    {
        _certificates = new TestCertificates(_folder.Path, time);
        _certificates.Issue("server");
        File.WriteAllText(_folder.File("edge.yaml"), Configuration(attackers, PasswordHash.Of(Password)));
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(here.Parent!.Parent!.FullName, "IoTHealth.Edge", here.Name, "IoTHealth.Edge");
        _process = ServerProcess.Start(new ServerCommand("edge", program, ["run", "--config", _folder.File("edge.yaml")], _folder.File("edge.log")));
    }

    public string Password { get; } = PasswordHash.NewPassword();

    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.None, 0);

    public X509Certificate2 Authority => X509CertificateLoader.LoadCertificateFromFile(_certificates.AuthorityFile);

    public bool HasEnded => _process.HasExited;

    public IReadOnlyList<string> Log => File.ReadAllLines(_folder.File("edge.log"));

    /// <summary>Resident memory, bytes.</summary>
    public long ResidentBytes => long.Parse(
        File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
        CultureInfo.InvariantCulture) * 1024;

    public static async Task<GatewayUnderAttack> StartAsync(int attackers, TimeProvider time)
    {
        var gateway = new GatewayUnderAttack(attackers, time);
        try
        {
            gateway.EndPoint = IPEndPoint.Parse((await gateway._process.ReadyAsync(TimeSpan.FromSeconds(60)))["mqtt"]);
            return gateway;
        }
        catch
        {
            await gateway.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _certificates.Dispose();
        _folder.Dispose();
    }

    private static string Configuration(int attackers, string hash) => $$"""
        gateway: gw-attacked
        data: data
        timeZone: UTC
        mqtt: { address: 127.0.0.1, port: 0, certificate: server.pem, key: server.key }
        api: { address: 127.0.0.1, port: 0 }
        devices:
        {{string.Join('\n', Enumerable.Range(0, attackers).Select(Attacker.Key).Append(Neighbour.Key).Select(key => Robot(key, hash)))}}

        """;

    private static string Robot(string key, string hash) =>
        $"  - {{ key: {key}, profile: watch-over-robot, maker: M, model: R, serial: S-{key}, place: ward, password: \"{hash}\" }}";
}
