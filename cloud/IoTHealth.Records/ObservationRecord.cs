using System.Globalization;
using Hl7.Fhir.Model;
using IoTHealth.Measurements;

namespace IoTHealth.Records;

/// <summary>Where a bundle's other resources stand, for an Observation to refer to.</summary>
public sealed record ObservationLinks(string Patient, string Device, string Gateway);

/// <summary>One act of measuring as one FHIR Observation.</summary>
public static class ObservationRecord
{
    /// <exception cref="UnmappableException">The catalogue does not know the kind, a sign or a unit.</exception>
    public static Observation Of(AttributedMeasurement attributed, ObservationLinks links)
    {
        var measurement = attributed.Measurement;
        var kind = VitalSignCatalogue.Kinds.GetValueOrDefault(measurement.Kind)
            ?? throw new UnmappableException($"the catalogue has no kind '{measurement.Kind}'");
        var observation = new Observation
        {
            Meta = new Meta { Profile = [ObservationCategories.Profile(kind.Category)] },
            Identifier = [new Identifier(Systems.Observation, attributed.ObservationIdentifier)],
            Status = ObservationStatus.Final,
            Category = ObservationCategories.Of(kind.Category),
            Code = SignCoding.Of(kind),
            Subject = new ResourceReference(links.Patient),
            Device = new ResourceReference(links.Device),
            Effective = Effective(measurement),
        };
        observation.AddExtension(Systems.GatewayDevice, new ResourceReference(links.Gateway));
        if (kind.Category == RecordCategory.Laboratory)
        {
            AddSpecimen(observation);
        }

        AddValues(observation, kind, measurement.Components);
        observation.Note.AddRange(measurement.Flags.Select(flag => new Annotation { Text = flag }));
        return observation;
    }

    /// <summary>
    /// The same Observation as entered in error. It says no value any more: the update may create what never arrived, and
    /// by then the resident may not consent.
    /// </summary>
    public static Observation TakenBack(AttributedMeasurement attributed, ObservationLinks links)
    {
        var unsaid = attributed.Measurement.Components.Select(component => component with { Value = new MeasuredValue.Absent(AbsentReason.Unknown) });
        var observation = Of(attributed with { Measurement = attributed.Measurement with { Components = [.. unsaid], Flags = [] } }, links);
        observation.Status = ObservationStatus.EnteredInError;
        return observation;
    }

    // Where the device told the day only, so do we.
    private static FhirDateTime Effective(Measurement measurement) =>
        measurement.Time is { Device: { } device, Basis: TimeBasis.DeviceZoned or TimeBasis.DeviceLocal } && measurement.Flags.Contains(MeasurementFlag.TimeOfDayUnknown)
            ? new FhirDateTime(device.Wall.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))
            : new FhirDateTime(Milliseconds(measurement.Time.Instant));

    /// <summary>FHIR dateTime in UTC with milliseconds.</summary>
    public static string Milliseconds(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>JP_Observation_LabResult wants a specimen; a meter's is a drop of blood that nobody numbered.</summary>
    private static void AddSpecimen(Observation observation)
    {
        observation.Contained.Add(new Specimen { Id = "specimen", Type = new CodeableConcept(Systems.SpecimenType, "BLD") });
        observation.Specimen = new ResourceReference("#specimen");
    }

    private static void AddValues(Observation observation, MeasurementKind kind, IReadOnlyList<Component> components)
    {
        var isPanel = kind.IsPanel;
        foreach (var component in components)
        {
            if (!isPanel && component.Sign == kind.Code)
            {
                (observation.Value, observation.DataAbsentReason) = SignValue.Of(component, observation.Note);
            }
            else
            {
                observation.Component.Add(Part(component, observation.Note));
            }
        }

        if (!isPanel && observation.Value is null && observation.DataAbsentReason is null)
        {
            observation.DataAbsentReason = SignValue.Absent(AbsentReason.Unknown);
        }
    }

    private static Observation.ComponentComponent Part(Component component, List<Annotation> notes)
    {
        var part = new Observation.ComponentComponent { Code = SignCoding.Of(SignValue.Sign(component)) };
        (part.Value, part.DataAbsentReason) = SignValue.Of(component, notes);
        return part;
    }
}
