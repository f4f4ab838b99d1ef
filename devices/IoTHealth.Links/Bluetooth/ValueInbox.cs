using System.Collections.Immutable;
using System.Threading.Channels;

namespace IoTHealth.Links.Bluetooth;

/// <summary>
/// The values one peripheral sends of itself, by path of the characteristic below the device. BlueZ turns the notifications of a known
/// device on again by itself as soon as it connects, so values that come before anybody has subscribed are kept for the subscriber,
/// of this connection or of a later one.
/// </summary>
internal sealed class ValueInbox
{
    /// <summary>How many values may wait for a reader, and how many for a subscriber.</summary>
    public const int Capacity = 20_000;

    private readonly Lock _changing = new();
    private readonly HashSet<string> _read = [];
    private Queue<(string Path, byte[] Value)> _early = new();
    private ImmutableArray<Subscription> _subscriptions = [];
    private bool _hasLostEarly;
    private IOException? _end;

    /// <summary>A connection begins.</summary>
    public void Begin()
    {
        lock (_changing)
        {
            (_subscriptions, _end) = ([], null);
        }
    }

    /// <summary>Keeps no early values of a characteristic that is read: BlueZ tells each read as a change.</summary>
    public void Reads(string path)
    {
        lock (_changing)
        {
            _read.Add(path);
        }
    }

    /// <summary>Early values come first; where the connection has ended, they are all that comes.</summary>
    /// <exception cref="IOException">
    /// The peripheral is gone and no early values wait, or more came before the subscription than could be kept; this is told once.
    /// </exception>
    public ChannelReader<GattValue> Subscribe(IReadOnlyDictionary<string, Guid> characteristics)
    {
        var subscription = new Subscription(characteristics);
        lock (_changing)
        {
            if (_hasLostEarly)
            {
                _hasLostEarly = false;
                throw new IOException($"more than {Capacity} values came before anybody subscribed");
            }

            if (_end is not null && !_early.Any(early => subscription.Wants(early.Path)))
            {
                throw new IOException(_end.Message);
            }

            _early = new(_early.Where(early => !subscription.TryAdd(early.Path, early.Value)));
            if (_end is not null)
            {
                subscription.End(_end);
            }
            else
            {
                _subscriptions = _subscriptions.Add(subscription);
            }
        }

        return subscription.Reader;
    }

    /// <summary>Takes a subscription back that nobody has read from; what waits in it is kept for the next one.</summary>
    public void Unsubscribe(ChannelReader<GattValue> reader, IReadOnlyDictionary<string, Guid> characteristics)
    {
        lock (_changing)
        {
            _subscriptions = _subscriptions.RemoveAll(subscription => subscription.Reader == reader);
            var paths = characteristics.ToDictionary(one => one.Value, one => one.Key);
            var waiting = new Queue<(string Path, byte[] Value)>();
            while (reader.TryRead(out var value))
            {
                waiting.Enqueue((paths[value.Characteristic], value.Value.ToArray()));
            }

            _early = new(waiting.Concat(_early));
        }
    }

    /// <summary>Takes a value; false when a reader has fallen too far behind to keep it.</summary>
    public bool Add(string path, byte[] value)
    {
        lock (_changing)
        {
            var takers = _end is null ? _subscriptions.Where(subscription => subscription.Wants(path)).ToList() : [];
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

    /// <summary>The connection has ended.</summary>
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
