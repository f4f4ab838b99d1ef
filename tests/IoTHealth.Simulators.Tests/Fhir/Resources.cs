namespace IoTHealth.Simulators.Tests.Fhir;

/// <summary>Resources as a careful sender writes them.</summary>
internal static class Resources
{
    public const string PatientName = "urn:uuid:11111111-1111-4111-8111-111111111111";
    public const string DeviceName = "urn:uuid:22222222-2222-4222-8222-222222222222";

    public const string Patient = """{"resourceType":"Patient","identifier":[{"system":"urn:example:patients","value":"10001"}],"name":[{"family":"山田","given":["花子"]}]}""";

    public const string Device = """{"resourceType":"Device","identifier":[{"system":"urn:iothealth:device","value":"d1"}],"serialNumber":"R-0001","manufacturer":"IoTHealth","modelNumber":"WatchOver-1"}""";

    public const string Categories = """
        [{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs"}]},
         {"coding":[{"system":"http://jpfhir.jp/fhir/core/CodeSystem/JP_SimpleObservationCategory_CS","code":"vital-signs"}]}]
        """;

    public static string HeartRate(string identifier, string value = "58", string subject = PatientName, string device = DeviceName, string instant = "2026-11-23T18:12:00.123Z") => $$$"""
        {"resourceType":"Observation","status":"final","category":{{{Categories}}},
         "identifier":[{"system":"urn:iothealth:observation","value":"{{{identifier}}}"}],
         "code":{"coding":[{"system":"http://loinc.org","code":"8867-4"},{"system":"urn:iothealth:sign","code":"heart-rate"}]},
         "subject":{"reference":"{{{subject}}}"},"device":{"reference":"{{{device}}}"},"effectiveDateTime":"{{{instant}}}",
         "valueQuantity":{"value":{{{value}}},"unit":"/min","system":"http://unitsofmeasure.org","code":"/min"}}
        """;

    public static string Provenance(string id, string target) => $$$"""
        {"resourceType":"Provenance","id":"{{{id}}}","target":[{"reference":"{{{target}}}"}],"recorded":"2026-11-24T00:00:00Z","agent":[{"who":{"display":"gw-01"}}]}
        """;

    /// <summary>A conditional create by the resource's identifier.</summary>
    public static string Create(string type, string identifier, string resource, string? name = null) => $$$"""
        {{{{(name is null ? "" : $"\"fullUrl\":\"{name}\",")}}}"resource":{{{resource}}},"request":{"method":"POST","url":"{{{type}}}","ifNoneExist":"identifier={{{identifier}}}"}}
        """;

    public static string Put(string address, string resource) => $$$"""{"resource":{{{resource}}},"request":{"method":"PUT","url":"{{{address}}}"}}""";

    public static string Bundle(params IEnumerable<string> entries) =>
        $$$"""{"resourceType":"Bundle","type":"transaction","entry":[{{{string.Join(',', entries)}}}]}""";

    /// <summary>Resident, device and one reading each with its own identifier: what the cloud sends.</summary>
    public static string Delivery(params IEnumerable<(string Identifier, string Value)> readings) => Bundle(
    [
        Create("Patient", "urn:example:patients|10001", Patient, PatientName),
        Create("Device", "urn:iothealth:device|d1", Device, DeviceName),
        .. readings.Select(r => Create("Observation", "urn:iothealth:observation|" + r.Identifier, HeartRate(r.Identifier, r.Value))),
    ]);
}
