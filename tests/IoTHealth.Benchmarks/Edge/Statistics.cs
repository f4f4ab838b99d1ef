namespace IoTHealth.Benchmarks.Edge;

/// <summary>Medians and percentiles.</summary>
internal static class Statistics
{
    public static double Median(IEnumerable<double> values) => At(values, 0.5);

    /// <summary>The value below which the share of all values lies.</summary>
    public static double At(IEnumerable<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        return sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
    }
}
