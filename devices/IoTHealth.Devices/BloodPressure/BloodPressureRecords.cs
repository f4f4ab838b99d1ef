using System.Collections.Immutable;
using System.Globalization;
using IoTHealth.Devices.Codecs.Gatt;
using IoTHealth.Devices.Codecs.Ieee11073;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.BloodPressure;

/// <summary>
/// Decoder of what a cuff indicates on 2A35 (Blood Pressure Service 1.1): bytes in, one measurement or refusal out. Pure and
/// total. Stable bytes are time stamp, the three pressures, pulse and user as sent; without a whole time stamp there are none.
/// The occurrence is always 0: measuring takes longer than a time stamp resolves, so equal bytes are one measurement whose
/// confirmation was lost.
/// </summary>
/// <param name="stranger">Why the device is not the registered one, or null; then everything is refused.</param>
/// <param name="feature">What its sensor can tell (2A49), or null where it does not say.</param>
public sealed class BloodPressureRecords(string? stranger, BloodPressureFeature? feature)
{
    private const int PressuresAt = 1;
    private const int TimeAt = 7;
    private const int PulseLength = 2;
    private const int LongestLayout = 19;

    // Status condition, the feature without which it means nothing, our flag.
    private static readonly (string Condition, string Feature, string Flag)[] Conditions =
    [
        ("body_movement", "body_movement_detection", "body-movement"),
        ("cuff_too_loose", "cuff_fit_detection", "cuff-too-loose"),
        ("irregular_pulse", "irregular_pulse_detection", "irregular-pulse"),
        ("improper_position", "measurement_position_detection", "improper-position"),
    ];

    /// <summary>Reads one indication.</summary>
    public DecodedUpload Read(ReadOnlyMemory<byte> value)
    {
        if (stranger is not null)
        {
            return DecodedUpload.Refused(stranger, value);
        }

        return BloodPressureMeasurement.TryRead(value.Span, out var reading, out var reason)
            ? new DecodedUpload([Decode(reading, value)], [])
            : DecodedUpload.Refused(
                value.Length > LongestLayout ? $"{value.Length} bytes on 2A35: a vendor's own layout" : $"blood pressure: {reason}", value);
    }

    private DecodedMeasurement Decode(BloodPressureMeasurement reading, ReadOnlyMemory<byte> value)
    {
        var time = reading.Time?.ToDateTime();
        return new DecodedMeasurement(
            "blood-pressure",
            time is null ? [] : Stable(reading, value.Span),
            Occurrence: 0,
            time is { } wall ? new DeviceTime(wall, null) : null,
            Components(reading),
            [.. Flags(reading)],
            value);
    }

    private static ImmutableArray<byte> Stable(BloodPressureMeasurement reading, ReadOnlySpan<byte> value)
    {
        var length = GattDateTime.Length + (reading.Pulse is null ? 0 : PulseLength) + (reading.UserId is null ? 0 : 1);
        return [.. value.Slice(TimeAt, length), .. value[PressuresAt..TimeAt]];
    }

    private static ImmutableArray<Component> Components(BloodPressureMeasurement reading)
    {
        var unit = reading.IsKilopascal ? "kPa" : VitalSignCatalogue.Systolic.Unit;
        ImmutableArray<Component> pressures =
        [
            Of(VitalSignCatalogue.Systolic, reading.Systolic, unit),
            Of(VitalSignCatalogue.Diastolic, reading.Diastolic, unit),
            Of(VitalSignCatalogue.MeanPressure, reading.Mean, unit),
        ];
        return reading.Pulse is { } pulse ? pressures.Add(Of(VitalSignCatalogue.PulseRate, pulse, VitalSignCatalogue.PulseRate.Unit)) : pressures;
    }

    private static Component Of(VitalSign sign, MedicalNumber number, string unit) => new(sign.Code, number.ToMeasured(unit));

    private IEnumerable<string> Flags(BloodPressureMeasurement reading)
    {
        if (reading.Time?.ToDateTime() is null)
        {
            yield return "clock-not-set";
        }

        if (reading.UserId is { } user)
        {
            yield return user == BloodPressureMeasurement.UnknownUser
                ? "user-unknown"
                : string.Create(CultureInfo.InvariantCulture, $"user-{user}");
        }

        if (reading.Status is not { } status)
        {
            yield break;
        }

        foreach (var (condition, needed, flag) in Conditions)
        {
            if (status.Conditions.Contains(condition) && CanTell(needed))
            {
                yield return flag;
            }
        }

        if (CanTell("pulse_rate_range_detection") && status.PulseRange is "above_upper_limit" or "below_lower_limit")
        {
            yield return status.PulseRange == "above_upper_limit" ? "pulse-above-range" : "pulse-below-range";
        }
    }

    private bool CanTell(string name) => feature is null || feature.Features.Contains(name);
}
