using System.Text.Json;

namespace IoTHealth.Benchmarks.Load;

/// <summary>What a load saw. Latencies are publish → PUBACK.</summary>
internal sealed record LoadResult(int Acknowledged, double Seconds, double P50Milliseconds, double P99Milliseconds, double MaximumMilliseconds)
{
    public double PerSecond => Acknowledged / Seconds;

    public string ToLine() => JsonSerializer.Serialize(this);

    public static LoadResult Parse(string line) => JsonSerializer.Deserialize<LoadResult>(line) ?? throw new FormatException("the load told nothing");

    public static LoadResult Of(IReadOnlyList<float[]> milliseconds, double seconds)
    {
        float[] all = [.. milliseconds.SelectMany(one => one)];
        Array.Sort(all);
        return new LoadResult(all.Length, seconds, At(all, 0.50), At(all, 0.99), all[^1]);
    }

    private static float At(float[] sorted, double share) => sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
}
