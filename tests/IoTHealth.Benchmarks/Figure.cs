using System.Globalization;

namespace IoTHealth.Benchmarks;

/// <summary>One measured figure beside its bar.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Ratio">The measured time over that of the yardstick in the same run.</param>
/// <param name="Limit">The bar: the ratio may be at most this.</param>
/// <param name="Detail">The times behind it.</param>
public sealed record Figure(string Name, double Ratio, double Limit, string Detail)
{
    public bool IsMissed => !(Ratio <= Limit);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{(IsMissed ? "MISSED" : "held  ")} {Name,-28} ratio {Ratio,6:F2}  limit {Limit,5:F2}  {Detail}");
}
