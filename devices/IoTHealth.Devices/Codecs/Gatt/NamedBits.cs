using System.Numerics;

namespace IoTHealth.Devices.Codecs.Gatt;

/// <summary>Names of a bit field, from bit 0; bits without a name are left out.</summary>
internal static class NamedBits
{
    public static IReadOnlyList<string> Of(uint word, ReadOnlySpan<string?> names)
    {
        var known = 0u;
        for (var bit = 0; bit < names.Length; bit++)
        {
            known |= names[bit] is null ? 0 : word & (1u << bit);
        }

        var set = new string[BitOperations.PopCount(known)];
        for (var i = 0; i < set.Length; i++)
        {
            set[i] = names[BitOperations.TrailingZeroCount(known)]!;
            known &= known - 1;
        }

        return set;
    }
}
