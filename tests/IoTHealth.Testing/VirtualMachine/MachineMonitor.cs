using System.Text.Json.Nodes;

namespace IoTHealth.Testing.VirtualMachine;

/// <summary>QEMU's machine protocol (QMP): plugs devices in and out while the guest runs. One caller at a time.</summary>
public sealed class MachineMonitor : IDisposable
{
    private readonly LineSocket socket;

    private MachineMonitor(LineSocket socket) => this.socket = socket;

    /// <summary>Sends a command and returns its result.</summary>
    /// <exception cref="IOException">QEMU refused it, or is gone.</exception>
    public async Task<JsonNode?> ExecuteAsync(string command, JsonObject? arguments = null)
    {
        var request = new JsonObject { ["execute"] = command };
        if (arguments is not null)
        {
            request["arguments"] = arguments;
        }

        await socket.WriteAsync(request.ToJsonString());
        var answer = await NextAsync(message => message.ContainsKey("return") || message.ContainsKey("error"));
        return answer["error"] is { } error ? throw new IOException($"qemu: {command}: {error["desc"]}") : answer["return"];
    }

    /// <summary>Waits until a device that was asked to leave has left.</summary>
    public Task DeletedAsync(string device) =>
        NextAsync(message => (string?)message["event"] == "DEVICE_DELETED" && (string?)message["data"]?["device"] == device);

    public void Dispose() => socket.Dispose();

    internal static async Task<MachineMonitor> ConnectAsync(string path)
    {
        var monitor = new MachineMonitor(await LineSocket.ConnectAsync(path));
        await monitor.NextAsync(message => message.ContainsKey("QMP"));
        await monitor.ExecuteAsync("qmp_capabilities");
        return monitor;
    }

    private async Task<JsonObject> NextAsync(Predicate<JsonObject> wanted)
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var message = JsonNode.Parse(await socket.ReadAsync(late.Token))!.AsObject();
            if (wanted(message))
            {
                return message;
            }
        }
    }
}
