using IoTHealth.Measurements;

namespace IoTHealth.Devices.Profiles;

/// <summary>What a schema cannot say of a profile: that the catalogue knows what it names.</summary>
internal static class ProfileCheck
{
    /// <exception cref="ArgumentException">Names the mapping and the mistake.</exception>
    public static void Verify(MqttProfile profile)
    {
        foreach (var measurement in profile.Measurements)
        {
            if (!VitalSignCatalogue.Kinds.TryGetValue(measurement.Kind, out var kind))
            {
                throw Wrong(profile, $"kind '{measurement.Kind}' is not in the catalogue");
            }

            VerifySet(profile, kind, [.. measurement.Signs.Select(mapping => mapping.Sign)]);
            foreach (var mapping in measurement.Signs)
            {
                var sign = kind.Required.Concat(kind.Optional).FirstOrDefault(s => s.Code == mapping.Sign)
                           ?? throw Wrong(profile, $"sign '{mapping.Sign}' does not belong to '{kind.Code}'");
                VerifySign(profile, sign, mapping);
            }
        }
    }

    private static void VerifySet(MqttProfile profile, MeasurementKind kind, string[] signs)
    {
        if (signs.GroupBy(sign => sign, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw Wrong(profile, $"'{kind.Code}' reads sign '{twice.Key}' twice");
        }

        // Intake refuses an act without them, so such a profile would fill the quarantine and nothing else.
        if (kind.Required.FirstOrDefault(sign => !signs.Contains(sign.Code)) is { } missing)
        {
            throw Wrong(profile, $"'{kind.Code}' needs sign '{missing.Code}'");
        }
    }

    private static void VerifySign(MqttProfile profile, VitalSign sign, SignMapping mapping)
    {
        if (sign.IsCoded)
        {
            var unknown = mapping.Codes.Values.FirstOrDefault(code => !sign.Codes.Contains(code));
            if (mapping.Codes.Count == 0 || unknown is not null)
            {
                throw Wrong(profile, $"sign '{sign.Code}' takes the codes {string.Join(", ", sign.Codes)}");
            }
        }
        else if (!UnitConversion.TryConvert(1, mapping.Unit, sign.Unit, out _))
        {
            throw Wrong(profile, $"sign '{sign.Code}' is in {sign.Unit}, and '{mapping.Unit}' does not convert to it");
        }
    }

    private static ArgumentException Wrong(MqttProfile profile, string reason) => new($"profile {profile.Profile}: {reason}");
}
