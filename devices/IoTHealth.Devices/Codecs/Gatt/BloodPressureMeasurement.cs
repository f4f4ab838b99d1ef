using IoTHealth.Devices.Codecs.Ieee11073;

namespace IoTHealth.Devices.Codecs.Gatt;

/// <summary>What the sensor says of the pulse and the cuff. Blood Pressure Service 1.1, section 3.1.1.</summary>
public sealed record BloodPressureStatus(IReadOnlyList<string> Conditions, string PulseRange)
{
    private static readonly string?[] Names =
        ["body_movement", "cuff_too_loose", "irregular_pulse", null, null, "improper_position"];

    private static readonly string[] Ranges = ["in_range", "above_upper_limit", "below_lower_limit", "reserved"];

    internal static BloodPressureStatus Of(ushort word) => new(NamedBits.Of(word, Names), Ranges[word >> 3 & 3]);
}

/// <summary>
/// Blood Pressure Measurement (2A35) and Intermediate Cuff Pressure (2A36). Reserved flag bits are set by real devices and
/// ignored; every length must be exactly what the flags say, which also tells a vendor's own layout apart.
/// </summary>
/// <param name="IsKilopascal">Unit of the pressures: kPa, else mmHg.</param>
/// <param name="Systolic">Systolic, or the cuff pressure of 2A36.</param>
/// <param name="Diastolic">Diastolic; unused in 2A36.</param>
/// <param name="Mean">Mean arterial pressure, often NaN; unused in 2A36.</param>
/// <param name="Time">Device clock, or null.</param>
/// <param name="Pulse">Pulse rate, /min, or null.</param>
/// <param name="UserId">User slot; 255 is an unknown user; null where none is sent.</param>
/// <param name="Status">Status bits, or null.</param>
public sealed record BloodPressureMeasurement(
    bool IsKilopascal, MedicalNumber Systolic, MedicalNumber Diastolic, MedicalNumber Mean, GattDateTime? Time, MedicalNumber? Pulse,
    byte? UserId, BloodPressureStatus? Status)
{
    /// <summary>User slot of nobody known.</summary>
    public const byte UnknownUser = 255;

    private const byte Kilopascal = 0x01;
    private const byte TimeStamp = 0x02;
    private const byte PulseRate = 0x04;
    private const byte User = 0x08;
    private const byte MeasurementStatus = 0x10;

    /// <summary>Reads the bytes of an indication or notification.</summary>
    /// <returns>False with a reason when they are no such value.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out BloodPressureMeasurement measurement, out string reason)
    {
        var reader = new GattReader(bytes);
        var flags = reader.U8();
        measurement = new BloodPressureMeasurement(
            (flags & Kilopascal) != 0,
            reader.Sfloat(),
            reader.Sfloat(),
            reader.Sfloat(),
            (flags & TimeStamp) != 0 ? reader.DateTime() : null,
            (flags & PulseRate) != 0 ? reader.Sfloat() : null,
            (flags & User) != 0 ? reader.U8() : null,
            (flags & MeasurementStatus) != 0 ? BloodPressureStatus.Of(reader.U16()) : null);
        reason = reader.LengthMistake() ?? (measurement.Time is { IsValid: false } ? $"no such time: {measurement.Time}" : "");
        return reason.Length == 0;
    }
}

/// <summary>Blood Pressure Feature (2A49). Bits 6 to 8 exist from service version 1.1.</summary>
public sealed record BloodPressureFeature(ushort Raw, IReadOnlyList<string> Features)
{
    private static readonly string?[] Names =
    [
        "body_movement_detection", "cuff_fit_detection", "irregular_pulse_detection", "pulse_rate_range_detection",
        "measurement_position_detection", "multiple_bond", "e2e_crc", "user_data_service", "user_facing_time",
    ];

    public static bool TryRead(ReadOnlySpan<byte> bytes, out BloodPressureFeature feature, out string reason)
    {
        var reader = new GattReader(bytes);
        var raw = reader.U16();
        feature = new BloodPressureFeature(raw, NamedBits.Of(raw, Names));
        reason = reader.LengthMistake() ?? "";
        return reason.Length == 0;
    }
}
