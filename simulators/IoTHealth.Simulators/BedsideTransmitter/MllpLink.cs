namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary>MLLP: 0B, message, 1C 0D; the answer comes the same way on the same connection.</summary>
/// <param name="answerWithin">Silence after which the connection is given up.</param>
internal sealed class MllpLink(
    IMllpPort port, TimeSpan answerWithin, TransmitterChaos chaos, TransmitterTally tally, Random random, TimeProvider clock, ILogger log) : IReportLink
{
    private const byte Begin = 0x0B;
    private const byte End = 0x1C;
    private const byte Return = 0x0D;
    private const int MostNoiseBytes = 12;
    private const int MostAnswerBytes = 64 * 1024;

    public async Task<Answer?> DeliverAsync(Report report, Action goingOut, CancellationToken stop)
    {
        try
        {
            await port.OpenAsync(stop);
            if (random.Happens(chaos.Garbage))
            {
                await port.SendAsync(Noise(), stop);
            }

            return random.Happens(chaos.Cut) ? await CutAsync(report, stop) : await SendAsync(report, goingOut, stop);
        }
        catch (IOException broken)
        {
            log.Broken(broken.Message);
            await port.BreakAsync(stop);
            return null;
        }
    }

    public ValueTask DisposeAsync()
    {
        port.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<Answer?> SendAsync(Report report, Action goingOut, CancellationToken stop)
    {
        goingOut();
        await port.SendAsync(Block(report), stop);
        if (await AnswerAsync(report.Control, stop) is { } answer)
        {
            return answer;
        }

        throw new IOException("no answer");
    }

    private async Task<Answer?> CutAsync(Report report, CancellationToken stop)
    {
        // Never the whole: without its end the message has not gone out.
        var block = Block(report);
        tally.Cut++;
        await port.SendAsync(block.AsMemory(0, random.Next(1, block.Length - 1)), stop);
        await port.BreakAsync(stop);
        return null;
    }

    private async Task<Answer?> AnswerAsync(string control, CancellationToken stop)
    {
        var (begun, block) = (clock.GetTimestamp(), new List<byte>());
        while (answerWithin - clock.GetElapsedTime(begun) is { Ticks: > 0 } left && await port.ReadAsync(left, stop) is { } heard)
        {
            if (heard == Begin)
            {
                block.Clear();
            }
            else if (heard != End && block.Count < MostAnswerBytes)
            {
                block.Add(heard);
            }
            else if (Answer.Read(block.ToArray(), control) is { } answer)
            {
                return answer;
            }
        }

        return null;
    }

    private static byte[] Block(Report report) => [Begin, .. report.Message, End, Return];

    private byte[] Noise()
    {
        var noise = new byte[random.Next(1, MostNoiseBytes + 1)];
        for (var n = 0; n < noise.Length; n++)
        {
            noise[n] = (byte)random.Next(0x20, 0x7F);
        }

        return noise;
    }
}
