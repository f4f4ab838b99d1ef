namespace IoTHealth.Benchmarks;

/// <summary>Takes what was read and made, so that no compiler leaves it out.</summary>
internal static class Sink
{
    private static long s_sum;
    private static object? s_last;

    public static void Take(ReadOnlySpan<byte> bytes)
    {
        var sum = 0;
        foreach (var value in bytes)
        {
            sum += value;
        }

        s_sum += sum;
    }

    public static void Take(ReadOnlySpan<char> text)
    {
        var sum = 0;
        foreach (var letter in text)
        {
            sum += letter;
        }

        s_sum += sum;
    }

    public static void Keep(object? made) => s_last = made ?? throw new InvalidOperationException($"nothing was made ({s_sum}, {s_last})");
}
