using System.Globalization;

namespace IoTHealth.Simulators.GlucoseMeter;

/// <summary>What a meter's display shows: unit, range and steps.</summary>
/// <param name="Name">The unit, in UCUM too.</param>
/// <param name="HeaderCode">The header's <c>U</c>.</param>
/// <param name="HeaderLimits">The header's <c>V</c>: two digits for the low limit and three for the high one, in steps.</param>
/// <param name="Step">The last digit's worth.</param>
internal sealed record GlucoseUnit(string Name, int HeaderCode, string HeaderLimits, decimal Low, decimal High, decimal Step)
{
    public static readonly GlucoseUnit Mass = new("mg/dL", 0, "10600", 10, 600, 1);
    public static readonly GlucoseUnit Molar = new("mmol/L", 1, "06333", 0.6m, 33.3m, 0.1m);

    // 180.156 g/mol.
    private const decimal MassPerMolar = 18.0156m;

    /// <summary>What is shown for so many mg/dL, within the limits.</summary>
    public decimal Show(double massPerDecilitre)
    {
        var exact = (decimal)massPerDecilitre / (this == Molar ? MassPerMolar : 1);
        return Math.Clamp(Math.Round(exact / Step, MidpointRounding.AwayFromZero) * Step, Low, High);
    }

    public string Text(decimal shown) => shown.ToString(this == Molar ? "0.0" : "0", CultureInfo.InvariantCulture);
}
