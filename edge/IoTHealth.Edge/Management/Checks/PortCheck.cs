using System.Net;
using System.Net.Sockets;

namespace IoTHealth.Edge.Management.Checks;

/// <summary>Ports: free, or held by the gateway that runs here.</summary>
internal sealed class PortCheck : ICheck
{
    private const string Part = "ports";

    public Task<IReadOnlyList<CheckLine>> LookAsync(CheckSubject subject, CancellationToken cancellation)
    {
        var settings = subject.Configuration;
        var doors = new List<(string Name, string Address, int Port)> { ("mqtt", settings.Mqtt.Address, settings.Mqtt.Port), ("api", settings.Api.Address, settings.Api.Port) };
        if (settings.Mllp is { } mllp)
        {
            doors.Add(("mllp", mllp.Address, mllp.Port));
        }

        return Task.FromResult<IReadOnlyList<CheckLine>>([.. doors.Select(door => Look(door.Name, door.Address, door.Port, subject.IsRunning))]);
    }

    private static CheckLine Look(string name, string text, int port, bool isRunning)
    {
        var door = $"{name} {text}:{port}";
        if (!IPAddress.TryParse(text, out var address))
        {
            return CheckLine.Failed(
                Part, new Words($"{door}: アドレスではありません。", $"{door}: this is no address"), new Words("IP アドレスを書いてください。", "Write an IP address."));
        }

        try
        {
            using var listener = new TcpListener(address, port);
            listener.Start();
            return isRunning && port != 0
                ? CheckLine.Warning(
                    Part, new Words($"{door}: ゲートウェイは動いていますが、このポートを使っていません。", $"{door}: a gateway runs here and does not hold it"),
                    new Words("設定を変えた後は再起動してください。", "Restart it where the configuration has changed."))
                : CheckLine.Ok(Part, $"{door}: 空いています。", $"{door}: free");
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            return isRunning
                ? CheckLine.Ok(Part, $"{door}: 動作中のゲートウェイが使用しています。", $"{door}: held by the running gateway")
                : CheckLine.Failed(
                    Part, new Words($"{door}: 他のプログラムが使用しています。", $"{door}: another program holds it"),
                    new Words($"ss -ltnp 'sport = :{port}' で確認するか、別のポートにしてください。", $"See ss -ltnp 'sport = :{port}', or choose another port."));
        }
        catch (SocketException e)
        {
            return CheckLine.Failed(
                Part, new Words($"{door}: 使えません（{e.Message}）。", $"{door}: cannot be used ({e.Message})"),
                new Words("この機器のアドレスと 1024 以上のポートを使ってください。", "Use an address of this machine and a port from 1024 on."));
        }
    }
}
