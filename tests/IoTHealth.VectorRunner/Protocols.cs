using System.Collections.Frozen;

namespace IoTHealth.VectorRunner;

/// <summary>Who reads what: one line for each protocol the product understands.</summary>
public static class Protocols
{
    private static readonly FrozenDictionary<string, Func<VectorInput, VectorResult>> Decoders =
        new Dictionary<string, Func<VectorInput, VectorResult>>(StringComparer.Ordinal)
        {
            ["unit/convert"] = UnitVectors.Convert,
        }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Never throws: a decoder that does is reported as one that threw.</summary>
    public static VectorResult Decode(VectorInput input)
    {
        try
        {
            return Decoders.TryGetValue(input.Protocol, out var decode) ? decode(input) : VectorResult.Unsupported;
        }
        catch (Exception error)
        {
            return new VectorResult.Threw($"{error.GetType().Name}: {error.Message}");
        }
    }
}
