using System.Globalization;

namespace IoTHealth.Benchmarks.Edge;

/// <summary>What the kernel says of a process's memory.</summary>
internal static class ResidentMemory
{
    /// <summary>Resident set, bytes (<c>VmRSS</c> of <c>/proc/pid/status</c>).</summary>
    public static long Of(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(one => one.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024;
    }
}
