using CsCheck;
using IoTHealth.VectorRunner;

namespace IoTHealth.Devices.Tests.Codecs;

/// <summary>Decoders are total: random bytes and mutated vectors never make one throw, hang or grow without bound.</summary>
public sealed class CodecTotalityTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "vectors");

    private static readonly VectorInput[] Inputs =
    [
        .. Directory.GetFiles(Folder, "*.jsonl").Order(StringComparer.Ordinal)
            .SelectMany(File.ReadLines)
            .Select(line => Vector.Parse(line).Input),
    ];

    [Fact]
    public void Random_bytes_never_throw()
    {
        var protocols = Inputs.Select(input => input.Protocol).Distinct().ToArray();
        Gen.Select(Gen.Int[0, protocols.Length - 1].Select(i => protocols[i]), Gen.Byte.Array[0, 80]).Sample(
            (protocol, bytes) => NeverThrows(new VectorInput(protocol, bytes, null)) && NeverThrows(new VectorInput(protocol, default, Latin(bytes))),
            iter: 40_000);
    }

    [Fact]
    public void Mutated_vectors_never_throw()
    {
        var mutation = Gen.Select(Gen.Int[0, Inputs.Length - 1].Select(i => Inputs[i]), Gen.Int[0, 2_000], Gen.Byte, Gen.Int[0, 3]);
        mutation.Sample((input, at, value, how) => NeverThrows(Mutate(input, at, value, how)), iter: 20_000);
    }

    private static bool NeverThrows(VectorInput input) =>
        Protocols.Decode(input) is VectorResult.Threw threw ? throw new InvalidOperationException($"{input.Protocol}: {threw}") : true;

    private static VectorInput Mutate(VectorInput input, int at, byte value, int how)
    {
        var bytes = input.Text is { } text ? System.Text.Encoding.Latin1.GetBytes(text) : input.Bytes.ToArray();
        if (bytes.Length > 0)
        {
            at %= bytes.Length;
            bytes = how switch
            {
                0 => bytes[..at],
                1 => [.. bytes[..at], value, .. bytes[at..]],
                2 => [.. bytes[..at], .. bytes[(at + 1)..]],
                _ => [.. bytes[..at], value, .. bytes[(at + 1)..]],
            };
        }

        return input.Text is null ? input with { Bytes = bytes } : input with { Text = Latin(bytes) };
    }

    private static string Latin(byte[] bytes) => System.Text.Encoding.Latin1.GetString(bytes);
}
