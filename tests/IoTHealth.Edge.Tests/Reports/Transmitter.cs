using System.Net;
using System.Net.Sockets;
using System.Text;

namespace IoTHealth.Edge.Tests.Reports;

/// <summary>A bedside transmitter: sends MLLP blocks and reads the answers.</summary>
internal sealed class Transmitter(Stream stream) : IDisposable
{
    public static async Task<Transmitter> ConnectAsync(IPEndPoint server)
    {
        var client = new TcpClient();
        await client.ConnectAsync(server, TestContext.Current.CancellationToken);
        return new Transmitter(client.GetStream());
    }

    public static string Report(
        string control = "C-1", string serial = "P-0001", string voltage = "2.79", string time = "20261124073000+0900", string more = "") =>
        $"MSH|^~\\&|TRANSMITTER|HOME|EDGE|WARD|20261124080000+0900||ORU^R01^ORU_R01|{control}|P|2.6\r" +
        $"PID|||model:Pace-DR/serial:{serial}^^^MFR^U\r" +
        "OBR|1|||754051^REMOTE FOLLOW-UP^MDC|||20261124080000+0900\r" +
        $"OBX|1|NM|721344^MDC_IDC_MSMT_BATTERY_VOLTAGE^MDC||{voltage}|V|||||F|||{time}\r" +
        $"OBX|2|NM|722433^MDC_IDC_MSMT_LEADCHNL_RV_IMPEDANCE_VALUE^MDC||512|Ohm|||||F|||{time}\r{more}";

    public ValueTask SendAsync(string message) => WriteAsync($"\u000B{message}\u001C\r");

    public ValueTask WriteAsync(string bytes) => stream.WriteAsync(Encoding.UTF8.GetBytes(bytes), TestContext.Current.CancellationToken);

    /// <summary>The segment MSA of the next answer, or null when the connection ended.</summary>
    public async Task<string?> AnswerAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        var answer = new List<byte>();
        var one = new byte[1];
        try
        {
            while (await stream.ReadAsync(one, limit.Token) == 1)
            {
                answer.Add(one[0]);
                if (answer is [0x0B, .. var text, 0x1C, 0x0D])
                {
                    return Encoding.UTF8.GetString([.. text]).Split('\r')[1];
                }
            }
        }
        catch (IOException)
        {
            // Reset: ended as well.
        }

        return null;
    }

    public void Dispose() => stream.Dispose();
}
