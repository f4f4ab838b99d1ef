using Hl7.Fhir.Model;
using IoTHealth.Measurements;

namespace IoTHealth.Records;

/// <summary>
/// Category elements and profile of each family. The HL7 and the JP coding stand in two elements: both in one fail both
/// profiles. Weight and height are vital signs to HL7 and body measurements to JP Core.
/// </summary>
internal static class ObservationCategories
{
    public static List<CodeableConcept> Of(RecordCategory category)
    {
        var code = Code(category);
        List<CodeableConcept> both = [new(Systems.ObservationCategory, code), new(Systems.JpCategory, code)];
        return category == RecordCategory.BodyMeasurement ? [.. both, new(Systems.JpCategory, "body-measurement")] : both;
    }

    public static string Profile(RecordCategory category) => category switch
    {
        RecordCategory.VitalSigns => Systems.JpVitalSigns,
        RecordCategory.BodyMeasurement => Systems.JpBodyMeasurement,
        RecordCategory.Laboratory => Systems.JpLabResult,
        _ => Systems.JpCommon,
    };

    private static string Code(RecordCategory category) => category switch
    {
        RecordCategory.VitalSigns or RecordCategory.BodyMeasurement => "vital-signs",
        RecordCategory.Laboratory => "laboratory",
        RecordCategory.Procedure => "procedure",
        _ => "activity",
    };
}
