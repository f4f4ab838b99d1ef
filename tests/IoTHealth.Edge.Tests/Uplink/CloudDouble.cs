using System.Runtime.CompilerServices;
using System.Threading.Channels;
using IoTHealth.Edge.Uplink;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Tests.Uplink;

/// <summary>A cloud without a wire: it may fail before or after it took a batch, and waits at a gate where one is set.</summary>
internal sealed class CloudDouble : IUplinkTransport
{
    private readonly Lock _lock = new();
    private readonly List<EntryBatch> _taken = [];
    private readonly List<EntryBatch> _asked = [];
    private TaskCompletionSource _renewal = new();
    private StrongBox<bool> _broken = new();
    private int _calls;

    /// <summary>Each further so many a batch is lost, and each further twice so many its acknowledgement.</summary>
    public int FailEvery { get; init; }

    /// <summary>Larger bodies time out.</summary>
    public int BodyMaximum { get; init; } = int.MaxValue;

    /// <summary>Before a batch is taken; throws to break the session.</summary>
    public Action<EntryBatch>? Before { get; set; }

    /// <summary>After a batch is taken; throws to lose its acknowledgement.</summary>
    public Action<EntryBatch>? After { get; set; }

    public Channel<bool>? Gate { get; init; }

    public int Connections { get; private set; }

    /// <summary>Batches taken, in order.</summary>
    public IReadOnlyList<EntryBatch> Taken => Copy(_taken);

    /// <summary>Positions taken, in order.</summary>
    public IReadOnlyList<long> Received => [.. Taken.SelectMany(batch => batch.Entries).Select(entry => entry.Position)];

    /// <summary>First position of each batch, in the order of sending.</summary>
    public IReadOnlyList<long> Asked => [.. Copy(_asked).Select(batch => batch.Entries[0].Position)];

    public Task ConnectAsync(CancellationToken cancellation)
    {
        Connections++;
        (_renewal, _broken) = (new TaskCompletionSource(), new StrongBox<bool>());
        return Task.CompletedTask;
    }

    public Task DisconnectAsync() => Task.CompletedTask;

    public Task RenewalAsync(CancellationToken cancellation) => _renewal.Task.WaitAsync(cancellation);

    public void Renew() => _renewal.TrySetResult();

    public async Task SendAsync(PackedBatch batch, CancellationToken cancellation)
    {
        Assert.True(batch.Body.Length <= BatchPacker.BodyBytesMaximum);
        var broken = _broken;
        int call;
        lock (_lock)
        {
            _asked.Add(batch.Batch);
            call = ++_calls;
        }

        if (Gate is not null && await Gate.Reader.WaitToReadAsync(cancellation))
        {
            await Gate.Reader.ReadAsync(cancellation);
        }

        if (batch.Body.Length > BodyMaximum)
        {
            throw new TimeoutException("too slow");
        }

        // As over one connection: what is under way beside a message that breaks it fails too.
        await Task.Yield();
        if (Volatile.Read(ref broken.Value))
        {
            throw new IOException("the session has ended");
        }

        try
        {
            Judge(batch.Batch, call);
        }
        catch
        {
            Volatile.Write(ref broken.Value, true);
            throw;
        }
    }

    private void Judge(EntryBatch batch, int call)
    {
        if (FailEvery > 0 && call % (2 * FailEvery) == FailEvery)
        {
            throw new IOException("lost before it arrived");
        }

        Before?.Invoke(batch);
        lock (_lock)
        {
            _taken.Add(batch);
        }

        After?.Invoke(batch);
        if (FailEvery > 0 && call % (2 * FailEvery) == 0)
        {
            throw new IOException("the acknowledgement was lost");
        }
    }

    private List<EntryBatch> Copy(List<EntryBatch> list)
    {
        lock (_lock)
        {
            return [.. list];
        }
    }
}
