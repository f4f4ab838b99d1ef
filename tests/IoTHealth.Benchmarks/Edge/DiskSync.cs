using System.Diagnostics;

namespace IoTHealth.Benchmarks.Edge;

/// <summary>How long the disk takes to make an append of 4 KB durable.</summary>
internal static class DiskSync
{
    private const int BlockBytes = 4096;

    /// <returns>Milliseconds of each append with <c>fsync</c>.</returns>
    public static double[] Measure(string path, int times)
    {
        using var file = File.OpenHandle(path, FileMode.Append, FileAccess.Write);
        var block = new byte[BlockBytes];
        var taken = new double[times];
        for (var i = 0; i < times; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            RandomAccess.Write(file, block, (long)i * BlockBytes);
            RandomAccess.FlushToDisk(file);
            taken[i] = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        }

        return taken;
    }
}
