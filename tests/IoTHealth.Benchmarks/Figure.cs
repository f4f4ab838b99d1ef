using System.Globalization;

namespace IoTHealth.Benchmarks;

/// <summary>One measured figure beside its bar.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Ratio">What was measured over its yardstick in the same run.</param>
/// <param name="Limit">The bar: the ratio may be at most this. Not a number: told only.</param>
/// <param name="Detail">What was measured, with units.</param>
public sealed record Figure(string Name, double Ratio, double Limit, string Detail)
{
    /// <summary>The ratio must be at least the limit, as that of a rate must.</summary>
    public bool IsFloor { get; init; }

    public bool IsMissed => !double.IsNaN(Limit) && !(IsFloor ? Ratio >= Limit : Ratio <= Limit);

    /// <summary>A rate over that of its yardstick, which it must reach.</summary>
    public static Figure AtLeast(string name, double ratio, double limit, string detail) => new(name, ratio, limit, detail) { IsFloor = true };

    /// <summary>A figure without a bar.</summary>
    public static Figure Told(string name, double ratio, string detail) => new(name, ratio, double.NaN, detail);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Verdict} {Name,-40} ratio {Ratio,6:F2}  {Bound,-11}  {Detail}");

    private string Verdict => double.IsNaN(Limit) ? "told  " : IsMissed ? "MISSED" : "held  ";

    private string Bound => double.IsNaN(Limit)
        ? "no limit"
        : string.Create(CultureInfo.InvariantCulture, $"limit {(IsFloor ? "≥" : "≤")} {Limit:F2}");
}
