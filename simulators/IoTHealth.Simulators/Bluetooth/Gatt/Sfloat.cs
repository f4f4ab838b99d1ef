namespace IoTHealth.Simulators.Bluetooth.Gatt;

/// <summary>
/// SFLOAT of IEEE 11073-20601, annex F.8: an exponent of four bits and a mantissa of twelve, both signed; sixteen bits, little end first.
/// </summary>
internal static class Sfloat
{
    public const ushort NotANumber = 0x07FF;

    // The words beyond it stand for special values while the exponent is 0.
    private const int LargestMantissa = 2045;

    /// <summary>The number as its text shows it: 17.1 keeps one decimal, 128 none.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The digits do not fit into the mantissa.</exception>
    public static ushort Of(decimal number) => Of((int)(number * Power(number.Scale)), -number.Scale);

    /// <param name="mantissa">-2045 to 2045.</param>
    /// <param name="exponent">Of ten, -8 to 7.</param>
    /// <exception cref="ArgumentOutOfRangeException">One of them does not fit.</exception>
    public static ushort Of(int mantissa, int exponent)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Abs(mantissa), LargestMantissa, nameof(mantissa));
        ArgumentOutOfRangeException.ThrowIfLessThan(exponent, -8);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(exponent, 7);
        return (ushort)(((exponent & 0xF) << 12) | (mantissa & 0xFFF));
    }

    private static decimal Power(int scale) => Enumerable.Repeat(10m, scale).Aggregate(1m, (power, ten) => power * ten);
}
