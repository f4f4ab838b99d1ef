using System.Collections.Immutable;

namespace IoTHealth.Measurements;

/// <summary>What a measurement's id rests on.</summary>
public enum IdentityBasis
{
    /// <summary>The device's own time or a sequence it never reuses: a repeat is recognised.</summary>
    Record = 0,

    /// <summary>Neither: receipt itself. A repeat cannot be told from a new reading; counted apart.</summary>
    Received = 1,
}

/// <summary>
/// One act of measuring. A blood-pressure reading is ONE measurement with systolic, diastolic, mean and pulse. There is no
/// patient in it: whose it is follows from assignments.
/// </summary>
public sealed record Measurement
{
    public required MeasurementId Id { get; init; }

    public required IdentityBasis IdentityBasis { get; init; }

    public required DeviceId Device { get; init; }

    /// <summary>Catalogue code of the act, for example <c>heart-rate</c> or <c>blood-pressure</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The record's stable raw bytes, as its decoder declares them.</summary>
    public required ImmutableArray<byte> Stable { get; init; }

    /// <summary>Number from 0 among equal records of one upload.</summary>
    public int Occurrence { get; init; }

    public required MeasurementTime Time { get; init; }

    public required ImmutableArray<Component> Components { get; init; }

    /// <summary>Qualifiers in kebab case, for example <c>clock-distrusted</c> or <c>body-movement</c>.</summary>
    public ImmutableArray<string> Flags { get; init; } = [];

    /// <summary>The driver, and profile with version, that read it.</summary>
    public required string Driver { get; init; }
}
