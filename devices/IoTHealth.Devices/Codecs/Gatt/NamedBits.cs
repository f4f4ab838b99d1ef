namespace IoTHealth.Devices.Codecs.Gatt;

/// <summary>Names of a bit field, from bit 0; bits without a name are left out.</summary>
internal static class NamedBits
{
    public static IReadOnlyList<string> Of(uint word, ReadOnlySpan<string?> names)
    {
        var set = new List<string>();
        for (var bit = 0; bit < names.Length; bit++)
        {
            if ((word >> bit & 1) != 0 && names[bit] is { } name)
            {
                set.Add(name);
            }
        }

        return set;
    }
}
