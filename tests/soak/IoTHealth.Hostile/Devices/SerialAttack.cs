using System.IO.Pipelines;
using System.Text;
using IoTHealth.Devices;

namespace IoTHealth.Hostile.Devices;

/// <summary>Byte strings on a serial line: noise, halves of frames, frames of the protocol with other bytes in them.</summary>
public static class SerialAttack
{
    private static readonly string[] Frames =
    [
        "\u0005",
        Frame(@"1H|\^&||pw|Contour7390^01.24\01.04\09.02^S^7403-|A=1^U=0^V=10600||||||P|1|202611240700"),
        Frame("2P|1"),
        Frame("3R|1|^^^Glucose|133|mg/dL^P||F||202611230712"),
        Frame("4L|1|N"),
        "\u0004", "\u0015", "\u0006",
        "\u000bMSH|^~\\&|A|B|C|D|20261124010000||ORU^R01|1|P|2.6\rPID|1||model:R/serial:S^^^M^U\rOBX|1|ST|720898^X^MDC||R\r\u001c\r",
    ];

    /// <param name="cases">Byte strings for each driver.</param>
    public static async Task<HostileReport> RunAsync(int cases, int seed, CancellationToken stop)
    {
        var reports = new List<HostileReport>();
        foreach (var driver in DriverCatalog.Load().Serial.Values)
        {
            var random = new Random(seed);
            reports.Add(await DriverAttack.RunAsync(driver.Name, cases, (sink, ended) => ServeAsync(driver, random, sink, ended), stop));
        }

        return DriverAttack.Together(reports);
    }

    private static async Task ServeAsync(ISerialDriver driver, Random random, CountingSink sink, CancellationToken stop)
    {
        var (heard, said) = (new Pipe(), new Pipe());
        var writing = WriteAsync(heard.Writer, random, stop);
        var draining = DrainAsync(said.Reader, stop);
        try
        {
            await driver.RunAsync(new Port(heard.Reader, said.Writer), DriverAttack.Context(driver.Name), sink, stop);
        }
        finally
        {
            await heard.Reader.CompleteAsync();
            await said.Writer.CompleteAsync();
            await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await draining.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task WriteAsync(PipeWriter line, Random random, CancellationToken stop)
    {
        for (var (i, next) = (0, 0); i < DriverAttack.CasesOfARun; i++)
        {
            // Mostly in the order in which an honest device speaks, so that what is said in between meets a driver in every state.
            next = random.Next(4) == 0 ? random.Next(Frames.Length) : (next + 1) % Frames.Length;
            if ((await line.WriteAsync(Bytes(random, Frames[next]), stop)).IsCompleted)
            {
                return;
            }
        }

        await line.CompleteAsync();
    }

    private static byte[] Bytes(Random random, string frame)
    {
        var bytes = Encoding.Latin1.GetBytes(frame);
        switch (random.Next(16))
        {
            case 0:
                bytes = new byte[random.Next(1, 400)];
                random.NextBytes(bytes);
                return bytes;
            case 1:
                return bytes[..random.Next(1, bytes.Length + 1)];
            case 2:
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                return bytes;
            default:
                return bytes;
        }
    }

    // ASTM E1381: the checksum is over everything between STX and itself.
    private static string Frame(string text)
    {
        var summed = text + "\r\u0017";
        return $"\u0002{summed}{(byte)summed.Sum(letter => letter):X2}\r\n";
    }

    private static async Task DrainAsync(PipeReader said, CancellationToken stop)
    {
        while (true)
        {
            var read = await said.ReadAsync(stop);
            said.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    private sealed record Port(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
