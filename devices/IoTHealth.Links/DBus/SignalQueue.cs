using System.Threading.Channels;

namespace IoTHealth.Links.DBus;

/// <summary>Signals for one subscriber, in the bus's order. A bus cannot be slowed, so one that falls too far behind is cut off.</summary>
internal sealed class SignalQueue(IReadOnlyCollection<SignalMatch> matches)
{
    /// <summary>How many signals may wait.</summary>
    public const int Capacity = 100_000;

    private readonly Channel<BusMessage> _waiting =
        Channel.CreateBounded<BusMessage>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    public ChannelReader<BusMessage> Reader => _waiting.Reader;

    public bool Wants(BusMessage header, Func<string, string> ownerOf) => matches.Any(match => match.Fits(header, ownerOf));

    public void Add(BusMessage signal)
    {
        if (!_waiting.Writer.TryWrite(signal))
        {
            End(new IOException($"more than {Capacity} signals were waiting to be read"));
        }
    }

    public void End(IOException reason) => _waiting.Writer.TryComplete(reason);
}
