using System.Text;
using IoTHealth.VectorRunner;

namespace IoTHealth.Fuzz;

/// <summary>The inputs of the test vectors, as bytes.</summary>
internal static class VectorSeeds
{
    private static readonly ILookup<string, byte[]> ByProtocol = Read().ToLookup(input => input.Protocol, Bytes);

    /// <summary>Inputs of these protocols, in the order of the files.</summary>
    public static byte[][] Of(params ReadOnlySpan<string> protocols)
    {
        var seeds = new List<byte[]>();
        foreach (var protocol in protocols)
        {
            seeds.AddRange(ByProtocol[protocol]);
        }

        return seeds.Count > 0 ? [.. seeds] : throw new InvalidOperationException($"no vector of {string.Join(", ", protocols)}");
    }

    private static IEnumerable<VectorInput> Read()
    {
        var assembly = typeof(VectorSeeds).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            while (reader.ReadLine() is { } line)
            {
                yield return Vector.Parse(line).Input;
            }
        }
    }

    private static byte[] Bytes(VectorInput input) => input.Text is { } text ? Encoding.UTF8.GetBytes(text) : input.Bytes.ToArray();
}
