using System.Globalization;

namespace IoTHealth.Measurements;

/// <summary>What a device said of one vital sign: a number with a unit, a code, or nothing with a reason.</summary>
public abstract record MeasuredValue
{
    private MeasuredValue()
    {
    }

    /// <summary>A number at the device's own scale (2.0 is not 2) in a UCUM unit.</summary>
    /// <param name="Number">The number; its scale is the device's precision.</param>
    /// <param name="Unit">UCUM code.</param>
    /// <param name="Comparator">Empty, or <c>&lt;</c> / <c>&gt;</c> when the device only gives a limit.</param>
    public sealed record Quantity(decimal Number, string Unit, string Comparator = "") : MeasuredValue
    {
        /// <summary>Number and unit as people read them; a count (unit 1) is a number alone.</summary>
        public string Text => string.Create(CultureInfo.InvariantCulture, $"{Comparator}{Number}{(Unit == "1" ? "" : " " + Unit)}");
    }

    /// <summary>A code of a code system.</summary>
    /// <param name="System">URI of the code system.</param>
    /// <param name="Code">The code.</param>
    /// <param name="Original">What the device itself sent, where that is not the code: a number of its nomenclature, or a text.</param>
    public sealed record Coded(string System, string Code, string Original = "") : MeasuredValue;

    /// <summary>No value; the reason is one of <see cref="AbsentReason"/>.</summary>
    public sealed record Absent(string Reason) : MeasuredValue;
}

/// <summary>FHIR data-absent-reason codes (hl7.org/fhir/R4/valueset-data-absent-reason.html) that decoders use.</summary>
public static class AbsentReason
{
    public const string Unknown = "unknown";
    public const string NotANumber = "not-a-number";
    public const string Error = "error";
    public const string PositiveInfinity = "positive-infinity";
    public const string NegativeInfinity = "negative-infinity";
    public const string NotPerformed = "not-performed";
}

/// <summary>One vital sign of a measurement, by its catalogue code.</summary>
public sealed record Component(string Sign, MeasuredValue Value);
