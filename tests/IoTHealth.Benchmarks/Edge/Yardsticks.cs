using IoTHealth.Testing;

namespace IoTHealth.Benchmarks.Edge;

/// <summary>What the gateway's intake is measured against: MQTTnet's server with an empty interceptor, and mosquitto where it is installed.</summary>
internal sealed class Yardsticks : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _running = [];

    private Yardsticks()
    {
    }

    public required Peer MqttNet { get; init; }

    public IReadOnlyList<Peer> Mosquittos { get; private set; } = [];

    public static async Task<Yardsticks> StartAsync(TestFolder folder)
    {
        var bare = ServerProcess.Start(new ServerCommand(
            "bare-broker", Programs.Benchmarks, ["bare-broker", "--certificate", folder.File("server.pem"), "--key", folder.File("server.key")], folder.File("bare.log")));
        var yardsticks = new Yardsticks
        {
            MqttNet = new Peer("MQTTnet", ReadyPort.Of(await bare.ReadyAsync(TimeSpan.FromSeconds(30)), "mqtt"), folder.File("ca.pem"), null),
        };
        yardsticks._running.Add(bare);
        if (Require.Find("mosquitto") is not null)
        {
            yardsticks.Mosquittos = [await yardsticks.MosquittoAsync(folder, isKeeping: false), await yardsticks.MosquittoAsync(folder, isKeeping: true)];
        }

        return yardsticks;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var one in _running)
        {
            await one.DisposeAsync();
        }
    }

    private async Task<Peer> MosquittoAsync(TestFolder folder, bool isKeeping)
    {
        var name = isKeeping ? "mosquitto, persistence on" : "mosquitto, persistence off";
        var port = FreePort.Take();
        var mosquitto = await Mosquitto.StartAsync(folder.File(isKeeping ? "mosquitto-on" : "mosquitto-off"), $"""
            log_type error
            persistence {(isKeeping ? "true" : "false")}
            listener {port} 127.0.0.1
            cafile {folder.File("ca.pem")}
            certfile {folder.File("server.pem")}
            keyfile {folder.File("server.key")}

            """);
        _running.Add(mosquitto);
        return new Peer(name, port, folder.File("ca.pem"), null);
    }
}
