namespace IoTHealth.Simulators.BloodPressureCuff;

/// <summary>What a cuff's display shows pressure in.</summary>
/// <param name="Name">In UCUM.</param>
/// <param name="Flag">Bit 0 of the value's flags.</param>
/// <param name="Decimals">Digits after the point.</param>
internal sealed record PressureUnit(string Name, int Flag, int Decimals)
{
    public static readonly PressureUnit MillimetreOfMercury = new("mm[Hg]", 0, 0);
    public static readonly PressureUnit Kilopascal = new("kPa", 1, 1);

    private const decimal MillimetresPerKilopascal = 7.50062m;

    /// <summary>What is shown for so many mmHg.</summary>
    public decimal Show(double millimetres)
    {
        var exact = (decimal)millimetres / (this == Kilopascal ? MillimetresPerKilopascal : 1);

        // 17 kPa is shown as 17.0.
        return Math.Round(exact, Decimals, MidpointRounding.AwayFromZero) + new decimal(0, 0, 0, false, (byte)Decimals);
    }
}
