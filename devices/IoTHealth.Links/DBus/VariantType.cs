namespace IoTHealth.Links.DBus;

/// <summary>Which type a bare value is written as where a variant is wanted.</summary>
internal static class VariantType
{
    private static readonly Dictionary<Type, string> Known = new()
    {
        [typeof(byte)] = "y",
        [typeof(bool)] = "b",
        [typeof(short)] = "n",
        [typeof(ushort)] = "q",
        [typeof(int)] = "i",
        [typeof(uint)] = "u",
        [typeof(long)] = "x",
        [typeof(ulong)] = "t",
        [typeof(double)] = "d",
        [typeof(string)] = "s",
        [typeof(ObjectPath)] = "o",
        [typeof(Signature)] = "g",
        [typeof(byte[])] = "ay",
        [typeof(bool[])] = "ab",
        [typeof(short[])] = "an",
        [typeof(ushort[])] = "aq",
        [typeof(int[])] = "ai",
        [typeof(uint[])] = "au",
        [typeof(long[])] = "ax",
        [typeof(ulong[])] = "at",
        [typeof(double[])] = "ad",
        [typeof(string[])] = "as",
        [typeof(ObjectPath[])] = "ao",
        [typeof(Signature[])] = "ag",
        [typeof(Dictionary<string, object>)] = "a{sv}",
    };

    /// <exception cref="ArgumentException">The type of the value does not tell; a <see cref="Variant"/> must.</exception>
    public static string Of(object value) => Known.TryGetValue(value.GetType(), out var signature)
        ? signature
        : throw new ArgumentException($"a {value.GetType().Name} does not tell its D-Bus type: write it as a Variant", nameof(value));
}
