using System.IO.Pipelines;

namespace IoTHealth.Links.Mqtt;

/// <summary>
/// The writing side of a connection: one writer at a time, and how long the present one has been waiting for the client to read.
/// PUBACKs that are due together go out as one write.
/// </summary>
internal sealed class PacketWriter(PipeWriter output, TimeProvider time) : IDisposable
{
    private const int PubAckBytes = 4;

    private readonly SemaphoreSlim _turn = new(1, 1);

    private long _since;

    /// <summary>How long the client has not read what is being sent; zero when nothing waits.</summary>
    public TimeSpan Stalled => Interlocked.Read(ref _since) is var since && since == 0 ? TimeSpan.Zero : time.GetElapsedTime(since);

    /// <summary>Acknowledges publishes, in this order.</summary>
    public Task AcknowledgeAsync(IReadOnlyList<ushort> identifiers, CancellationToken cancellation) => InTurnAsync(
        async () =>
        {
            var packets = output.GetMemory(identifiers.Count * PubAckBytes);
            for (var i = 0; i < identifiers.Count; i++)
            {
                var packet = packets.Span.Slice(i * PubAckBytes, PubAckBytes);
                (packet[0], packet[1], packet[2], packet[3]) = (0x40, 2, (byte)(identifiers[i] >> 8), (byte)identifiers[i]);
            }

            output.Advance(identifiers.Count * PubAckBytes);
            await output.FlushAsync(cancellation);
        },
        cancellation);

    /// <summary>Writes whatever the action writes, when it is its turn.</summary>
    public async Task InTurnAsync(Func<Task> write, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            Interlocked.Exchange(ref _since, time.GetTimestamp());
            await write();
        }
        finally
        {
            Interlocked.Exchange(ref _since, 0);
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
