namespace IoTHealth.Devices.Codecs.Gatt;

/// <summary>Moves the point of a decimal without adding digits: 0.00120 kg/L is 120 mg/dL, not 120.00000.</summary>
internal static class DecimalPoint
{
    /// <param name="number">A number of at most 20 digits before the point.</param>
    /// <param name="places">How far to the right, 0 to 8.</param>
    public static decimal MovedRight(this decimal number, int places)
    {
        var factor = 1m;
        for (var i = 0; i < places; i++)
        {
            factor *= 10m;
        }

        return decimal.Round(number * factor, Math.Max(0, number.Scale - places));
    }
}
