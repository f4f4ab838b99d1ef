using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Uplink;

namespace IoTHealth.Edge.Management.Checks;

/// <summary>
/// The cloud, step by step: name, TCP, TLS, credential. The credential is tried by a real connection only while the gateway does not run: a
/// second one of the same id would end its own.
/// </summary>
internal sealed class CloudCheck : ICheck
{
    private const string Part = "cloud";

    private static readonly Words Line = new("回線、DNS、ファイアウォール（TCP 8883）を確認してください。", "See to the line, DNS and the firewall (TCP 8883).");

    public async Task<IReadOnlyList<CheckLine>> LookAsync(CheckSubject subject, CancellationToken cancellation)
    {
        if (subject.Configuration.Uplink is not { } uplink)
        {
            return [CheckLine.Warning(Part, new Words("設定されていません。測定値はこの機器に残ります。", "not configured: readings stay on this box"), new Words("edge.yaml に uplink を加えてください。", "Add uplink to edge.yaml."))];
        }

        var found = new List<CheckLine>();
        var target = $"{uplink.Host}:{uplink.Port}";
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        if (await StepAsync(found, $"{uplink.Host}", async () => await Dns.GetHostAddressesAsync(uplink.Host, cancellation), Line) &&
            await StepAsync(found, $"TCP {target}", async () => await socket.ConnectAsync(uplink.Host, uplink.Port, cancellation), Line) &&
            await StepAsync(found, $"TLS {uplink.HubHost}", () => ShakeHandsAsync(socket, uplink, cancellation), new Words("ca の証明書と hubHost の名前を確認してください。", "See to the certificate in ca and the name in hubHost.")))
        {
            found.Add(subject.IsRunning ? await AskAsync(subject, cancellation) : await ConnectAsync(subject.Configuration, uplink, subject.Time, cancellation));
        }

        return found;
    }

    private static async Task ShakeHandsAsync(Socket socket, UplinkSettings uplink, CancellationToken cancellation)
    {
        await using var tls = new SslStream(new NetworkStream(socket));
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = uplink.HubHost,
                CertificateChainPolicy = uplink.Ca is null ? null : TrustedHttp.Policy(uplink.Ca),
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            },
            cancellation);
    }

    private static async Task<CheckLine> ConnectAsync(EdgeConfiguration configuration, UplinkSettings uplink, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            using var transport = new HubTransport(configuration.Gateway, uplink, time);
            await transport.ConnectAsync(cancellation);
            await transport.DisconnectAsync();
            return CheckLine.Ok(Part, $"{configuration.Gateway} として接続できます。", $"lets {configuration.Gateway} in");
        }
        catch (Exception e)
        {
            return CheckLine.Failed(
                Part, new Words($"{configuration.Gateway} として接続できません: {e.Message}", $"does not let {configuration.Gateway} in: {e.Message}"),
                new Words("鍵がクラウドの登録と同じか、時計が合っているか確認してください。", "See that the key is the one registered with the cloud, and that the clock is right."));
        }
    }

    private static async Task<CheckLine> AskAsync(CheckSubject subject, CancellationToken cancellation)
    {
        using var gateway = Commands.GatewayClient.Of(subject.Configuration);
        var live = await gateway.GetAsync("/live", cancellation);
        var state = live["readers"]?.AsArray().Where(reader => (string?)reader?["name"] == "uplink").Select(reader => (string?)reader!["state"]).FirstOrDefault();
        return state == "connected"
            ? CheckLine.Ok(Part, "動作中のゲートウェイは接続しています。", "the running gateway is connected")
            : CheckLine.Warning(
                Part, new Words($"動作中のゲートウェイは接続していません: {state}", $"the running gateway is not connected: {state}"),
                new Words("上の結果と鍵を確認してください。", "See the lines above, and the key."));
    }

    private static async Task<bool> StepAsync(List<CheckLine> found, string what, Func<Task> step, Words remedy)
    {
        try
        {
            await step();
            found.Add(CheckLine.Ok(Part, $"{what}: 届きます。", $"{what}: in reach"));
            return true;
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException or OperationCanceledException)
        {
            found.Add(CheckLine.Failed(Part, new Words($"{what}: 届きません（{e.Message}）。", $"{what}: not in reach ({e.Message})"), remedy));
            return false;
        }
    }
}
