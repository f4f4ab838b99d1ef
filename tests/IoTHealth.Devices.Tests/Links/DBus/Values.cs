using System.Collections;
using CsCheck;
using IoTHealth.Links.DBus;

namespace IoTHealth.Devices.Tests.Links.DBus;

/// <summary>A type and a value of it.</summary>
internal sealed record Typed(string Type, object Value);

/// <summary>Values of every D-Bus type, nested.</summary>
internal static class Values
{
    private static readonly Gen<string> Text = Gen.String[Gen.Char['\u0001', '\uD7FF'], 0, 20];

    private static readonly Gen<string> Path =
        Gen.OneOf(Gen.Const("/"), Gen.String[Gen.Char.AlphaNumeric, 1, 8].Array[1, 4].Select(parts => "/" + string.Join('/', parts)));

    private static readonly Gen<string> Signatures = Gen.OneOf(Gen.Const(""), Gen.Const("s"), Gen.Const("a{sv}"), Gen.Const("(iias)aay"), Gen.Const("a(ya{ov})v"));

    private static readonly Gen<Typed> Basic = Gen.OneOf(
        Of("y", Gen.Byte),
        Of("b", Gen.Bool),
        Of("n", Gen.Short),
        Of("q", Gen.UShort),
        Of("i", Gen.Int),
        Of("u", Gen.UInt),
        Of("x", Gen.Long),
        Of("t", Gen.ULong),
        Of("d", Gen.Double),
        Of("s", Text),
        Of("o", Path.Select(path => new ObjectPath(path))),
        Of("g", Signatures.Select(text => new Signature(text))));

    private static readonly Gen<Typed> Arrays = Gen.OneOf(
        Of("ay", Gen.Byte.Array[0, 20]),
        Of("ab", Gen.Bool.Array[0, 5]),
        Of("an", Gen.Short.Array[0, 5]),
        Of("aq", Gen.UShort.Array[0, 5]),
        Of("ai", Gen.Int.Array[0, 5]),
        Of("au", Gen.UInt.Array[0, 5]),
        Of("ax", Gen.Long.Array[0, 5]),
        Of("at", Gen.ULong.Array[0, 5]),
        Of("ad", Gen.Double.Array[0, 5]),
        Of("as", Text.Array[0, 5]),
        Of("ao", Path.Select(path => new ObjectPath(path)).Array[0, 5]),
        Of("ag", Signatures.Select(text => new Signature(text)).Array[0, 5]));

    public static readonly Gen<Typed> Any = At(3);

    /// <summary>Whether what was read is what was written; a variant is read as its bare value.</summary>
    public static bool Same(object written, object read) => (written, read) switch
    {
        (Variant variant, _) => Same(variant.Value, read),
        (double one, double other) => BitConverter.DoubleToInt64Bits(one) == BitConverter.DoubleToInt64Bits(other),
        (IDictionary one, IDictionary other) => one.Count == other.Count && one.Keys.Cast<object>().All(key => Same(one[key]!, other[key]!)),
        (Array one, Array other) => one.GetType() == other.GetType() && one.Length == other.Length
            && one.Cast<object>().Zip(other.Cast<object>()).All(pair => Same(pair.First, pair.Second)),
        _ => written.Equals(read),
    };

    private static Gen<Typed> Of<T>(string type, Gen<T> values)
        where T : notnull => values.Select(value => new Typed(type, value));

    private static Gen<Typed> At(int depth)
    {
        if (depth == 0)
        {
            return Gen.OneOf(Basic, Arrays);
        }

        var inner = At(depth - 1);
        return Gen.OneOf(
            Basic,
            Arrays,
            inner.Select(typed => new Typed("v", new Variant(typed.Type, typed.Value))),
            inner.Array[1, 4].Select(members => new Typed(
                "(" + string.Concat(members.Select(member => member.Type)) + ")", members.Select(member => member.Value).ToArray())),
            // An array of structs, as a program's own methods take them.
            Gen.Select(Gen.Int, Text).Select((number, text) => (object)new object[] { number, text }).Array[0, 4].Select(items => new Typed("a(is)", items)),
            Gen.Dictionary(Text, inner.Select(typed => (object)new Variant(typed.Type, typed.Value)))[0, 4].Select(entries => new Typed("a{sv}", entries)),
            Gen.Dictionary(Gen.UShort.Select(key => (object)key), Gen.Byte.Array[0, 6].Select(bytes => (object)bytes))[0, 4].Select(entries => new Typed("a{qay}", entries)),
            Gen.Dictionary(Path, Gen.Dictionary(Text, Gen.Int.Select(number => (object)new Variant("i", number)))[0, 3].Select(map => (object)map))[0, 3]
                .Select(entries => new Typed("a{oa{sv}}", entries)));
    }
}
