using System.Buffers.Binary;
using System.Globalization;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Codecs.Ieee11073;

/// <summary>
/// A number of IEEE 11073-20601 (SFLOAT, 16 bit; FLOAT, 32 bit): mantissa × 10^exponent, or one of five special values. The
/// exponent carries the device's precision (2.00 is not 2), so the decimal keeps its scale.
/// </summary>
public readonly record struct MedicalNumber
{
    private MedicalNumber(decimal value) => Value = value;

    private MedicalNumber(string special, string absent) => (Special, AbsentReason) = (special, absent);

    /// <summary>The number; null for a special value, or one beyond the range of a decimal.</summary>
    public decimal? Value { get; }

    /// <summary><c>NaN</c>, <c>NRes</c>, <c>+INFINITY</c>, <c>-INFINITY</c>, <c>reserved</c>, or null for a number.</summary>
    public string? Special { get; }

    /// <summary>FHIR data-absent-reason of a special value, or null.</summary>
    public string? AbsentReason { get; }

    /// <summary>Little endian, as Bluetooth GATT has it. Two bytes.</summary>
    public static MedicalNumber FromSfloatLittleEndian(ReadOnlySpan<byte> bytes) => FromSfloat(BinaryPrimitives.ReadUInt16LittleEndian(bytes));

    /// <summary>Little endian, as Bluetooth GATT has it. Four bytes.</summary>
    public static MedicalNumber FromFloatLittleEndian(ReadOnlySpan<byte> bytes) => FromFloat(BinaryPrimitives.ReadUInt32LittleEndian(bytes));

    /// <summary>An SFLOAT word: exponent 4 bits signed, mantissa 12 bits signed. Specials are whole words (exponent 0).</summary>
    public static MedicalNumber FromSfloat(ushort word) => word switch
    {
        0x07FF => NotANumber,
        0x0800 => NotAtThisResolution,
        0x07FE => PositiveInfinity,
        0x0802 => NegativeInfinity,
        0x0801 => Reserved,
        _ => Scale((short)(word << 4) >> 4, (sbyte)(word >> 8) >> 4),
    };

    /// <summary>A FLOAT word: exponent 8 bits signed, mantissa 24 bits signed. Specials are whole words (exponent 0).</summary>
    public static MedicalNumber FromFloat(uint word) => word switch
    {
        0x007FFFFF => NotANumber,
        0x00800000 => NotAtThisResolution,
        0x007FFFFE => PositiveInfinity,
        0x00800002 => NegativeInfinity,
        0x00800001 => Reserved,
        _ => Scale((int)(word << 8) >> 8, (sbyte)(word >> 24)),
    };

    /// <summary>The value of a component: a quantity in the unit, or absent with the reason.</summary>
    public MeasuredValue ToMeasured(string unit) => Value is { } number
        ? new MeasuredValue.Quantity(number, unit)
        : new MeasuredValue.Absent(AbsentReason ?? Measurements.AbsentReason.Error);

    public override string ToString() => Value?.ToString(CultureInfo.InvariantCulture) ?? Special ?? "";

    private static MedicalNumber NotANumber => new("NaN", Measurements.AbsentReason.NotANumber);

    private static MedicalNumber NotAtThisResolution => new("NRes", Measurements.AbsentReason.Error);

    private static MedicalNumber PositiveInfinity => new("+INFINITY", Measurements.AbsentReason.PositiveInfinity);

    private static MedicalNumber NegativeInfinity => new("-INFINITY", Measurements.AbsentReason.NegativeInfinity);

    private static MedicalNumber Reserved => new("reserved", Measurements.AbsentReason.Error);

    // A decimal holds 28 digits; exponents beyond that are no measurement of anything, and must not throw.
    private static MedicalNumber Scale(int mantissa, int exponent)
    {
        if (exponent is < -28 or > 20)
        {
            return mantissa == 0 ? new MedicalNumber(0m) : new MedicalNumber("out-of-range", Measurements.AbsentReason.Error);
        }

        if (exponent < 0)
        {
            return new MedicalNumber(new decimal(Math.Abs(mantissa), 0, 0, mantissa < 0, (byte)-exponent));
        }

        decimal value = mantissa;
        for (var i = 0; i < exponent; i++)
        {
            value *= 10m;
        }

        return new MedicalNumber(value);
    }
}
