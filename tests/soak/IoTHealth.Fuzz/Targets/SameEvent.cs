using IoTHealth.Devices.Codecs.Astm;

namespace IoTHealth.Fuzz.Targets;

/// <summary>Whether two scanners found the same, byte for byte.</summary>
internal sealed class SameEvent : IEqualityComparer<AstmEvent>
{
    public static readonly SameEvent Comparer = new();

    private SameEvent()
    {
    }

    public bool Equals(AstmEvent? x, AstmEvent? y) => (x, y) switch
    {
        (AstmEvent.Damaged one, AstmEvent.Damaged other) => one.Reason == other.Reason && one.Raw.AsSpan().SequenceEqual(other.Raw),
        _ => object.Equals(x, y),
    };

    public int GetHashCode(AstmEvent obj) => obj.GetType().GetHashCode();
}
