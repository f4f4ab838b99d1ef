namespace IoTHealth.Links.Bluetooth;

/// <summary>
/// At most so many connections at a time on each adapter, and one at a time being made: several at once disturb each other's pairing.
/// Who has waited longest comes first, after all those whose last attempt did not fail; who waits for a device out of reach keeps
/// nobody waiting.
/// </summary>
internal sealed class ConnectionSlots(int perAdapter)
{
    private readonly Lock _changing = new();
    private readonly Dictionary<string, int> _taken = [];
    private readonly HashSet<string> _connecting = [];
    private readonly List<Waiting> _queue = [];

    /// <summary>Waits for a free slot on one of the adapters by which the device can be reached.</summary>
    /// <param name="address">Whose slot it is to be.</param>
    /// <param name="ways">The ways at present, the best first; looked at again at every <see cref="Look"/>.</param>
    /// <param name="hasFailed">Whether the last attempt failed.</param>
    /// <param name="cancellation">Gives the place in the queue up.</param>
    public async Task<ConnectionSlot> TakeAsync(
        string address, Func<IReadOnlyList<BluezDevice>> ways, bool hasFailed, CancellationToken cancellation)
    {
        var waiting = new Waiting(address, ways, hasFailed, new(TaskCreationOptions.RunContinuationsAsynchronously));
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
            foreach (var waiting in _queue.OrderBy(waiting => waiting.HasFailed).ToList())
            {
                if (Grant(waiting))
                {
                    _queue.Remove(waiting);
                }
            }
        }
    }

    /// <summary>Whether the adapter is connecting with somebody.</summary>
    public bool IsConnecting(string adapter)
    {
        lock (_changing)
        {
            return _connecting.Contains(adapter);
        }
    }

    /// <summary>Whether this device is in reach and waits for a place, and for nothing else.</summary>
    public bool LacksPlace(string address)
    {
        lock (_changing)
        {
            return _queue.Any(waiting => waiting.Address == address && AreFull(waiting.Ways()));
        }
    }

    /// <summary>Adapters by which devices are in reach that wait for a place, and for nothing else.</summary>
    public IReadOnlyList<string> Crowded()
    {
        lock (_changing)
        {
            return [.. _queue.Select(waiting => waiting.Ways()).Where(AreFull).SelectMany(ways => ways).Select(way => way.Adapter).Distinct()];
        }
    }

    private bool AreFull(IReadOnlyList<BluezDevice> ways) => ways.Count > 0 && ways.All(way => IsFull(way.Adapter));

    private bool IsFull(string adapter) => _taken.GetValueOrDefault(adapter) >= perAdapter;

    private bool Grant(Waiting waiting)
    {
        if (waiting.Ways().FirstOrDefault(way => !IsFull(way.Adapter) && !_connecting.Contains(way.Adapter)) is not { } way)
        {
            return false;
        }

        _taken[way.Adapter] = _taken.GetValueOrDefault(way.Adapter) + 1;
        _connecting.Add(way.Adapter);
        return waiting.Slot.TrySetResult(new ConnectionSlot(
            way,
            new Release(() => Free(() => _connecting.Remove(way.Adapter))),
            new Release(() => Free(() => _taken[way.Adapter]--))));
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

    private void Free(Action free)
    {
        lock (_changing)
        {
            free();
        }

        Look();
    }

    private sealed record Waiting(string Address, Func<IReadOnlyList<BluezDevice>> Ways, bool HasFailed, TaskCompletionSource<ConnectionSlot> Slot);
}
