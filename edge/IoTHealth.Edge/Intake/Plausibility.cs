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
        return sign is null ? $"{component.Sign} does not belong to {kind.Code}" : sign.Mistake(component.Value);
    }
}
