using IoTHealth.Simulators.Serial;

namespace IoTHealth.Simulators.GlucoseMeter;

/// <summary>What became of a frame.</summary>
internal enum Outcome
{
    Acknowledged,
    GivenUp,
    Unplugged,
}

/// <summary>Brings single frames and characters across, with the protocol's patience and the run's chaos.</summary>
internal sealed class FrameDelivery(DevicePort port, MeterSettings settings, MeterTally tally, Random random, TimeProvider clock)
{
    private const int MostTries = 6;
    private const int MostNoiseBytes = 12;
    private static readonly TimeSpan OutFor = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    // An answer to a try we had given up may still be on its way; taken for the next frame's it would make the account lie.
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(100);
    private readonly MeterChaos _chaos = settings.Chaos;

    /// <summary>Sends a frame until it is acknowledged, six times at most.</summary>
    /// <param name="patience">How long to wait for each answer.</param>
    /// <param name="untilHeard">Silence does not count as a try: somebody will plug the cable in.</param>
    public async Task<Outcome> DeliverAsync(ReadOnlyMemory<byte> frame, TimeSpan patience, bool untilHeard, CancellationToken stop)
    {
        var silent = false;
        for (var failed = 0; failed < MostTries;)
        {
            if (_chaos.UnplugAfter is { } after && tally.Frames >= after && tally.Unplugged == 0)
            {
                await UnplugWithinAsync(frame, stop);
                return Outcome.Unplugged;
            }

            var answer = await TryAsync(frame, patience, stop);
            if (answer == AstmFrame.Ack)
            {
                await (silent ? Task.Delay(Settling, clock, stop) : Task.CompletedTask);
                return Outcome.Acknowledged;
            }

            tally.Repeated++;
            silent |= answer is null;
            failed += answer is null && untilHeard ? 0 : 1;
        }

        return Outcome.GivenUp;
    }

    /// <summary>Sends one control character.</summary>
    public Task SendAsync(byte character, CancellationToken stop) => port.SendAsync(new[] { character }, stop);

    /// <summary>The next ACK or NAK, or null after so long without; anything else is no answer.</summary>
    public async Task<byte?> AnswerAsync(TimeSpan patience, CancellationToken stop)
    {
        var begun = clock.GetTimestamp();
        byte? heard;
        do
        {
            var left = patience - clock.GetElapsedTime(begun);
            heard = left > TimeSpan.Zero ? await port.ReadAsync(left, stop) : null;
        }
        while (heard is not (null or AstmFrame.Ack or AstmFrame.Nak));
        return heard;
    }

    private async Task<byte?> TryAsync(ReadOnlyMemory<byte> frame, TimeSpan patience, CancellationToken stop)
    {
        if (Happens(_chaos.Garbage))
        {
            await port.SendAsync(Noise(), stop);
        }

        await PutAsync(Happens(_chaos.Corrupt) ? Corrupted(frame) : frame, stop);
        var answer = await AnswerAsync(patience, stop);
        if (answer == AstmFrame.Ack && Happens(_chaos.Duplicate))
        {
            tally.Repeated++;
            await PutAsync(frame, stop);
            answer = await AnswerAsync(patience, stop);
        }

        return answer;
    }

    private async Task PutAsync(ReadOnlyMemory<byte> frame, CancellationToken stop)
    {
        port.Forget();
        tally.Frames++;
        if (Happens(_chaos.Pause))
        {
            var first = random.Next(1, frame.Length);
            await port.SendAsync(frame[..first], stop);
            await Task.Delay(LongestPause * random.NextDouble(), clock, stop);
            frame = frame[first..];
        }

        await port.SendAsync(frame, stop);
    }

    private async Task UnplugWithinAsync(ReadOnlyMemory<byte> frame, CancellationToken stop)
    {
        tally.Unplugged++;
        await port.SendAsync(frame[..(frame.Length / 2)], stop);
        await port.ReplugAsync(OutFor, stop);
    }

    private byte[] Noise()
    {
        var noise = new byte[random.Next(1, MostNoiseBytes + 1)];
        for (var n = 0; n < noise.Length; n++)
        {
            noise[n] = (byte)random.Next(0x20, 0x100);
        }

        return noise;
    }

    private byte[] Corrupted(ReadOnlyMemory<byte> frame)
    {
        // All but CR LF: one bit there would be noticed by no one and need not be.
        var corrupted = frame.ToArray();
        corrupted[random.Next(corrupted.Length - 2)] ^= (byte)(1 << random.Next(8));
        return corrupted;
    }

    private bool Happens(double chance) => chance > 0 && random.NextDouble() < chance;
}
