namespace IoTHealth.Links.Bluetooth;

/// <summary>
/// At most so many connections at a time on each adapter. Who has waited longest comes first; who waits for a device out of reach
/// keeps nobody waiting.
/// </summary>
internal sealed class ConnectionSlots(int perAdapter)
{
    private readonly Lock _changing = new();
    private readonly Dictionary<string, int> _taken = [];
    private readonly List<Waiting> _queue = [];

    /// <summary>Waits for a free slot on one of the adapters by which the device can be reached.</summary>
    /// <param name="ways">The ways at present, the best first; looked at again at every <see cref="Look"/>.</param>
    /// <param name="cancellation">Gives the place in the queue up.</param>
    public async Task<ConnectionSlot> TakeAsync(Func<IReadOnlyList<BluezDevice>> ways, CancellationToken cancellation)
    {
        var waiting = new Waiting(ways, new TaskCompletionSource<ConnectionSlot>(TaskCreationOptions.RunContinuationsAsynchronously));
        lock (_changing)
        {
            _queue.Add(waiting);
        }

        Look();
        await using var given = cancellation.Register(() => GiveUp(waiting, cancellation));
        return await waiting.Slot.Task;
    }

    /// <summary>To be called whenever a device may have come into reach.</summary>
    public void Look()
    {
        lock (_changing)
        {
            _queue.RemoveAll(Grant);
        }
    }

    private bool Grant(Waiting waiting)
    {
        if (waiting.Ways().FirstOrDefault(way => _taken.GetValueOrDefault(way.Adapter) < perAdapter) is not { } way)
        {
            return false;
        }

        _taken[way.Adapter] = _taken.GetValueOrDefault(way.Adapter) + 1;
        return waiting.Slot.TrySetResult(new ConnectionSlot(way, new Release(() => Free(way.Adapter))));
    }

    private void GiveUp(Waiting waiting, CancellationToken cancellation)
    {
        lock (_changing)
        {
            if (_queue.Remove(waiting))
            {
                waiting.Slot.TrySetCanceled(cancellation);
            }
        }
    }

    private void Free(string adapter)
    {
        lock (_changing)
        {
            _taken[adapter]--;
        }

        Look();
    }

    private sealed record Waiting(Func<IReadOnlyList<BluezDevice>> Ways, TaskCompletionSource<ConnectionSlot> Slot);
}
