using IoTHealth.Devices.Codecs.Ieee11073;
using IoTHealth.Measurements;

namespace IoTHealth.Fuzz.Targets;

/// <summary>Numbers and units.</summary>
internal static class NumberTargets
{
    private static readonly string[] Units = ["mg/dL", "mmol/L", "kPa", "mmHg", "mm[Hg]", "degF", "degC", "lb", "kg", "", "?"];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("ieee11073/sfloat", VectorSeeds.Of("ieee11073/sfloat-be", "ieee11073/sfloat-le"), [], (input, _) =>
            input.Length == 2 ? Look(MedicalNumber.FromSfloatLittleEndian(input.Span)) : null),
        new("ieee11073/float", VectorSeeds.Of("ieee11073/float-be"), [], (input, _) =>
            input.Length == 4 ? Look(MedicalNumber.FromFloatLittleEndian(input.Span)) : null),
        new("unit/convert", VectorSeeds.Of("ieee11073/float-be"), [], (input, random) =>
            input.Length == 4 && MedicalNumber.FromFloatLittleEndian(input.Span).Value is { } number ? Convert(number, random) : null),
    ];

    /// <summary>A number is one, or absent with a reason.</summary>
    public static string? Look(MedicalNumber number) => (number.Value, number.AbsentReason, number.ToString()) switch
    {
        (null, null, _) => "neither a number nor a reason",
        (not null, not null, _) => "a number and a reason for having none",
        (_, _, "") => "no text",
        _ => null,
    };

    private static string? Convert(decimal number, FuzzRandom random)
    {
        var (from, to) = (Units[random.Below(Units.Length)], Units[random.Below(Units.Length)]);
        UnitConversion.TryConvert(number, from, to, out _);
        return UnitConversion.ToUcum(from) is null ? "no unit" : null;
    }
}
