using Hl7.Fhir.Model;
using IoTHealth.Measurements;

namespace IoTHealth.Records;

/// <summary>
/// Category elements and profile of each family. The HL7 and the JP coding stand in two elements: both in one fail both
/// profiles.
/// </summary>
internal static class ObservationCategories
{
    public static List<CodeableConcept> Of(RecordCategory category)
    {
        var (hl7, jp) = Codes(category);
        return [new CodeableConcept(Systems.ObservationCategory, hl7), new CodeableConcept(Systems.JpCategory, jp)];
    }

    public static string Profile(RecordCategory category) => category switch
    {
        RecordCategory.VitalSigns => Systems.JpVitalSigns,
        RecordCategory.BodyMeasurement => Systems.JpBodyMeasurement,
        RecordCategory.Laboratory => Systems.JpLabResult,
        _ => Systems.JpCommon,
    };

    private static (string Hl7, string Jp) Codes(RecordCategory category) => category switch
    {
        RecordCategory.VitalSigns => ("vital-signs", "vital-signs"),
        RecordCategory.BodyMeasurement => ("vital-signs", "body-measurement"),
        RecordCategory.Laboratory => ("laboratory", "laboratory"),
        _ => ("activity", "activity"),
    };
}
