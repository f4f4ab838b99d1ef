using System.Collections.Immutable;
using System.Threading.Channels;

namespace IoTHealth.Links.Bluetooth;

/// <summary>
/// The values one peripheral sends of itself, by path of the characteristic. BlueZ turns the notifications of a known device on again
/// by itself as soon as it connects, so values that come before anybody has subscribed are kept for the subscriber.
/// </summary>
internal sealed class ValueInbox
{
    /// <summary>How many values may wait for a reader, and how many for a subscriber.</summary>
    public const int Capacity = 20_000;

    private readonly Lock _changing = new();
    private readonly Queue<(string Path, byte[] Value)> _early = new();
    private readonly HashSet<string> _read = [];
    private ImmutableArray<Subscription> _subscriptions = [];
    private bool _hasLostEarly;
    private IOException? _end;

    /// <summary>Keeps no early values of a characteristic that is read: BlueZ tells each read as a change.</summary>
    public void Reads(string path)
    {
        lock (_changing)
        {
            _read.Add(path);
        }
    }

    /// <exception cref="IOException">The peripheral is gone, or more came before the subscription than could be kept.</exception>
    public ChannelReader<GattValue> Subscribe(IReadOnlyDictionary<string, Guid> characteristics)
    {
        var subscription = new Subscription(characteristics);
        lock (_changing)
        {
            if (_end is not null || _hasLostEarly)
            {
                throw new IOException(_end?.Message ?? $"more than {Capacity} values came before anybody subscribed");
            }

            _subscriptions = _subscriptions.Add(subscription);
            for (var left = _early.Count; left > 0; left--)
            {
                var (path, value) = _early.Dequeue();
                if (!subscription.TryAdd(path, value))
                {
                    _early.Enqueue((path, value));
                }
            }
        }

        return subscription.Reader;
    }

    /// <summary>Takes a value; false when a reader has fallen too far behind to keep it.</summary>
    public bool Add(string path, byte[] value)
    {
        lock (_changing)
        {
            var takers = _subscriptions.Where(subscription => subscription.Wants(path)).ToList();
            if (takers.Count > 0 || _read.Contains(path))
            {
                return takers.TrueForAll(subscription => subscription.TryAdd(path, value));
            }

            if (_early.Count < Capacity)
            {
                _early.Enqueue((path, value));
            }
            else
            {
                _hasLostEarly = true;
            }

            return true;
        }
    }

    public void End(IOException reason)
    {
        lock (_changing)
        {
            _end ??= reason;
            foreach (var subscription in _subscriptions)
            {
                subscription.End(_end);
            }
        }
    }

    private sealed class Subscription(IReadOnlyDictionary<string, Guid> characteristics)
    {
        private readonly Channel<GattValue> _values = Channel.CreateBounded<GattValue>(new BoundedChannelOptions(Capacity));

        public ChannelReader<GattValue> Reader => _values.Reader;

        public bool Wants(string path) => characteristics.ContainsKey(path);

        public bool TryAdd(string path, byte[] value) =>
            characteristics.TryGetValue(path, out var characteristic) && _values.Writer.TryWrite(new GattValue(characteristic, value));

        public void End(IOException reason) => _values.Writer.TryComplete(reason);
    }
}
