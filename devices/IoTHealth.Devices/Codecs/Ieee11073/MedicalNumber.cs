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
    private const int ExponentMinimum = -28;
    private const int ExponentMaximum = 20;

    private static readonly decimal[] PowersOfTen =
    [
        1e0m, 1e1m, 1e2m, 1e3m, 1e4m, 1e5m, 1e6m, 1e7m, 1e8m, 1e9m, 1e10m, 1e11m, 1e12m, 1e13m,
        1e14m, 1e15m, 1e16m, 1e17m, 1e18m, 1e19m, 1e20m,
    ];

    private readonly int _mantissa;
    private readonly sbyte _exponent;
    private readonly Form _form;

    private MedicalNumber(int mantissa, int exponent) => (_mantissa, _exponent, _form) = (mantissa, (sbyte)exponent, Form.Number);

    private MedicalNumber(Form special) => _form = special;

    private enum Form : byte
    {
        None,
        Number,
        NotANumber,
        NotAtThisResolution,
        PositiveInfinity,
        NegativeInfinity,
        Reserved,
        OutOfRange,
    }

    /// <summary>The number; null for a special value, or one beyond the range of a decimal.</summary>
    public decimal? Value => _form == Form.Number ? ToDecimal() : null;

    /// <summary><c>NaN</c>, <c>NRes</c>, <c>+INFINITY</c>, <c>-INFINITY</c>, <c>reserved</c>, <c>out-of-range</c>, or null for a number.</summary>
    public string? Special => _form switch
    {
        Form.NotANumber => "NaN",
        Form.NotAtThisResolution => "NRes",
        Form.PositiveInfinity => "+INFINITY",
        Form.NegativeInfinity => "-INFINITY",
        Form.Reserved => "reserved",
        Form.OutOfRange => "out-of-range",
        _ => null,
    };

    /// <summary>FHIR data-absent-reason of a special value, or null.</summary>
    public string? AbsentReason => _form switch
    {
        Form.NotANumber => Measurements.AbsentReason.NotANumber,
        Form.PositiveInfinity => Measurements.AbsentReason.PositiveInfinity,
        Form.NegativeInfinity => Measurements.AbsentReason.NegativeInfinity,
        Form.NotAtThisResolution or Form.Reserved or Form.OutOfRange => Measurements.AbsentReason.Error,
        _ => null,
    };

    /// <summary>Little endian, as Bluetooth GATT has it. Two bytes.</summary>
    public static MedicalNumber FromSfloatLittleEndian(ReadOnlySpan<byte> bytes) => FromSfloat(BinaryPrimitives.ReadUInt16LittleEndian(bytes));

    /// <summary>Little endian, as Bluetooth GATT has it. Four bytes.</summary>
    public static MedicalNumber FromFloatLittleEndian(ReadOnlySpan<byte> bytes) => FromFloat(BinaryPrimitives.ReadUInt32LittleEndian(bytes));

    /// <summary>An SFLOAT word: exponent 4 bits signed, mantissa 12 bits signed. Specials are whole words (exponent 0).</summary>
    public static MedicalNumber FromSfloat(ushort word) => word switch
    {
        0x07FF => new MedicalNumber(Form.NotANumber),
        0x0800 => new MedicalNumber(Form.NotAtThisResolution),
        0x07FE => new MedicalNumber(Form.PositiveInfinity),
        0x0802 => new MedicalNumber(Form.NegativeInfinity),
        0x0801 => new MedicalNumber(Form.Reserved),
        _ => Scale((short)(word << 4) >> 4, (sbyte)(word >> 8) >> 4),
    };

    /// <summary>A FLOAT word: exponent 8 bits signed, mantissa 24 bits signed. Specials are whole words (exponent 0).</summary>
    public static MedicalNumber FromFloat(uint word) => word switch
    {
        0x007FFFFF => new MedicalNumber(Form.NotANumber),
        0x00800000 => new MedicalNumber(Form.NotAtThisResolution),
        0x007FFFFE => new MedicalNumber(Form.PositiveInfinity),
        0x00800002 => new MedicalNumber(Form.NegativeInfinity),
        0x00800001 => new MedicalNumber(Form.Reserved),
        _ => Scale((int)(word << 8) >> 8, (sbyte)(word >> 24)),
    };

    /// <summary>The value of a component: a quantity in the unit, or absent with the reason.</summary>
    public MeasuredValue ToMeasured(string unit) => Value is { } number
        ? new MeasuredValue.Quantity(number, unit)
        : new MeasuredValue.Absent(AbsentReason ?? Measurements.AbsentReason.Error);

    public override string ToString() => Value?.ToString(CultureInfo.InvariantCulture) ?? Special ?? "";

    // A decimal holds 28 digits; exponents beyond that are no measurement of anything, and must not throw.
    private static MedicalNumber Scale(int mantissa, int exponent) =>
        exponent is >= ExponentMinimum and <= ExponentMaximum ? new MedicalNumber(mantissa, exponent)
        : mantissa == 0 ? new MedicalNumber(0, 0)
        : new MedicalNumber(Form.OutOfRange);

    private decimal ToDecimal() => _exponent switch
    {
        0 => _mantissa,
        < 0 => new decimal(Math.Abs(_mantissa), 0, 0, _mantissa < 0, (byte)-_exponent),
        _ => _mantissa * PowersOfTen[_exponent],
    };
}
