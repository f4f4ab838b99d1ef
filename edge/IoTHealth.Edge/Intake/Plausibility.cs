using System.Globalization;
using IoTHealth.Devices;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Intake;

/// <summary>Whether a reading can be what it says it is: known signs, known units, values a body can show.</summary>
public static class Plausibility
{
    /// <summary>The first thing that is wrong, or null.</summary>
    public static string? Mistake(DecodedMeasurement decoded)
    {
        if (!VitalSignCatalogue.Kinds.TryGetValue(decoded.Kind, out var kind))
        {
            return $"kind '{decoded.Kind}' is not in the catalogue";
        }

        var missing = kind.Required.FirstOrDefault(sign => decoded.Components.All(c => c.Sign != sign.Code));
        if (missing is not null)
        {
            return $"{kind.Code} without {missing.Code}";
        }

        return decoded.Components.Select(component => Mistake(kind, component)).FirstOrDefault(mistake => mistake is not null);
    }

    private static string? Mistake(MeasurementKind kind, Component component)
    {
        var sign = kind.Required.Concat(kind.Optional).FirstOrDefault(s => s.Code == component.Sign);
        if (sign is null)
        {
            return $"{component.Sign} does not belong to {kind.Code}";
        }

        return component.Value switch
        {
            MeasuredValue.Quantity quantity when !sign.IsCoded => OutOfRange(sign, quantity),
            MeasuredValue.Coded coded when sign.Codes.Contains(coded.Code) => null,
            MeasuredValue.Absent => null,
            _ => $"{sign.Code} has a value of the wrong kind",
        };
    }

    private static string? OutOfRange(VitalSign sign, MeasuredValue.Quantity quantity)
    {
        if (!UnitConversion.TryConvert(quantity.Number, quantity.Unit, sign.Unit, out var number))
        {
            return $"{sign.Code} in '{quantity.Unit}' cannot be compared with {sign.Unit}";
        }

        // A device that only says 'less than its limit' names a limit, which may lie just outside what a body shows.
        var isTooLow = number < sign.Minimum && (quantity.Comparator != "<" || number < 0);
        var isTooHigh = number > sign.Maximum && quantity.Comparator != ">";
        return isTooLow || isTooHigh
            ? string.Create(
                CultureInfo.InvariantCulture, $"{sign.Code} is implausible: outside {sign.Minimum} to {sign.Maximum} {sign.Unit}")
            : null;
    }
}
