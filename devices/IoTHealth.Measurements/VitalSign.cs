using System.Globalization;

namespace IoTHealth.Measurements;

/// <summary>One measurable thing, with everything the field says of it.</summary>
/// <param name="Code">Our stable code, kebab case.</param>
/// <param name="NameEn">What staff read, English.</param>
/// <param name="NameJa">What staff read, Japanese.</param>
/// <param name="Loinc">LOINC code, or null where LOINC has none.</param>
/// <param name="Mdc">IEEE 11073 MDC code as partition × 65536 + term, or null.</param>
/// <param name="Unit">Canonical UCUM unit; empty for coded signs.</param>
/// <param name="Minimum">Lowest plausible value in the canonical unit, inclusive. A bound on what a body can show, not a clinical limit.</param>
/// <param name="Maximum">Highest plausible value, inclusive.</param>
/// <param name="Decimals">Digits after the point that devices of this kind resolve; a display hint.</param>
/// <param name="Codes">For coded signs the admitted codes of <see cref="CodeSystem"/>; empty for quantities.</param>
public sealed record VitalSign(
    string Code,
    string NameEn,
    string NameJa,
    string? Loinc,
    uint? Mdc,
    string Unit,
    decimal Minimum,
    decimal Maximum,
    int Decimals,
    IReadOnlyList<string> Codes)
{
    /// <summary>URI of the code system that <see cref="Codes"/> belong to.</summary>
    public string CodeSystem => $"urn:iothealth:{Code}";

    public bool IsCoded => Codes.Count > 0;

    /// <summary>Why a value cannot be one of this sign, or null: of another kind or unit, an unknown code, or beyond what a body shows.</summary>
    public string? Mistake(MeasuredValue value) => value switch
    {
        MeasuredValue.Quantity quantity when !IsCoded => OutOfRange(quantity),
        MeasuredValue.Coded coded when Codes.Contains(coded.Code) => null,
        MeasuredValue.Absent => null,
        _ => $"{Code} has a value of the wrong kind",
    };

    private string? OutOfRange(MeasuredValue.Quantity quantity)
    {
        if (!UnitConversion.TryConvert(quantity.Number, quantity.Unit, Unit, out var number))
        {
            return $"{Code} in '{quantity.Unit}' cannot be compared with {Unit}";
        }

        // A device that only says 'less than its limit' names a limit, which may lie just outside what a body shows.
        var isTooLow = number < Minimum && (quantity.Comparator != "<" || number < 0);
        var isTooHigh = number > Maximum && quantity.Comparator != ">";
        return isTooLow || isTooHigh
            ? string.Create(CultureInfo.InvariantCulture, $"{Code} is implausible: outside {Minimum} to {Maximum} {Unit}")
            : null;
    }
}

/// <summary>Which FHIR profile family an act of measuring belongs to.</summary>
public enum RecordCategory
{
    VitalSigns,
    Laboratory,
    BodyMeasurement,

    /// <summary>Care observations without a vital-signs profile: bed presence, motion, falls.</summary>
    Activity,

    /// <summary>What an implanted heart device measured, was set to and did.</summary>
    Procedure,
}

/// <summary>One kind of act: the signs it yields and how long they must be kept.</summary>
/// <param name="Code">Our stable code; equal to the sign's where there is only one.</param>
/// <param name="Required">Signs that must be there, with a value or a reason.</param>
/// <param name="Optional">Signs that may be there.</param>
/// <param name="PanelLoinc">LOINC of the panel, or null for single signs.</param>
/// <param name="PanelMdc">MDC of the compound, or null.</param>
/// <param name="Priority">What eviction and sending make of it.</param>
/// <param name="Category">FHIR profile family.</param>
public sealed record MeasurementKind(
    string Code,
    IReadOnlyList<VitalSign> Required,
    IReadOnlyList<VitalSign> Optional,
    string? PanelLoinc,
    uint? PanelMdc,
    EntryPriority Priority,
    RecordCategory Category)
{
    /// <summary>What staff read, English.</summary>
    public required string NameEn { get; init; }

    /// <summary>What staff read, Japanese.</summary>
    public required string NameJa { get; init; }

    /// <summary>True where the act is none of its signs: each of them stands beside the others.</summary>
    public bool IsPanel => Required.Concat(Optional).All(sign => sign.Code != Code);
}
