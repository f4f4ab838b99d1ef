namespace IoTHealth.Records;

/// <summary>The code and identifier systems and profiles that the records speak in.</summary>
public static class Systems
{
    public const string Observation = "urn:iothealth:observation";
    public const string Document = "urn:iothealth:document";
    public const string Device = "urn:iothealth:device";
    public const string Gateway = "urn:iothealth:gateway";
    public const string Journal = "urn:iothealth:journal-position";
    public const string Sign = "urn:iothealth:sign";
    public const string Agent = "urn:iothealth:agent";

    public const string Loinc = "http://loinc.org";
    public const string Mdc = "urn:iso:std:iso:11073:10101";
    public const string Ucum = "http://unitsofmeasure.org";
    public const string ObservationCategory = "http://terminology.hl7.org/CodeSystem/observation-category";
    public const string DataAbsentReason = "http://terminology.hl7.org/CodeSystem/data-absent-reason";
    public const string ProvenanceAgentType = "http://terminology.hl7.org/CodeSystem/provenance-participant-type";
    public const string SpecimenType = "http://terminology.hl7.org/CodeSystem/v2-0487";
    public const string JpCategory = "http://jpfhir.jp/fhir/core/CodeSystem/JP_SimpleObservationCategory_CS";

    public const string NameRepresentation = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation";
    public const string GatewayDevice = "http://hl7.org/fhir/StructureDefinition/observation-gatewayDevice";

    public const string JpPatient = JpProfiles + "JP_Patient";
    public const string JpVitalSigns = JpProfiles + "JP_Observation_VitalSigns";
    public const string JpBodyMeasurement = JpProfiles + "JP_Observation_BodyMeasurement";
    public const string JpLabResult = JpProfiles + "JP_Observation_LabResult";
    public const string JpCommon = JpProfiles + "JP_Observation_Common";

    private const string JpProfiles = "http://jpfhir.jp/fhir/core/StructureDefinition/";
}
