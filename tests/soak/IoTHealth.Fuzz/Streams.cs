namespace IoTHealth.Fuzz;

/// <summary>Cuts a stream where chance wills: what a decoder finds in it must not depend on that.</summary>
internal static class Streams
{
    private const int PieceMaximum = 80;

    public static void Cut(ReadOnlyMemory<byte> stream, FuzzRandom random, Action<ReadOnlyMemory<byte>> push)
    {
        while (stream.Length > 0)
        {
            var piece = Math.Min(stream.Length, random.OnceIn(3) ? 1 : random.Below(PieceMaximum + 1));
            push(stream[..piece]);
            stream = stream[piece..];
        }
    }
}
