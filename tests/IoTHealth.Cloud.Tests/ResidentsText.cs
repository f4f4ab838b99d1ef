using IoTHealth.Cloud.Patients;
using IoTHealth.Testing;

namespace IoTHealth.Cloud.Tests;

/// <summary>Residents files for tests.</summary>
internal static class ResidentsText
{
    public static string Of(string consent, string assignments = "") => $$"""
        residents:
          - key: r-001
            identifier: { system: "urn:example:patients", value: "10001" }
            name: { family: 山田, given: 花子, familyKana: ヤマダ, givenKana: ハナコ }
            gender: female
            birthDate: 1941-04-02
            consent: { records: {{consent}} }
          - key: r-002
            identifier: { system: "urn:example:patients", value: "10002" }
            name: { family: 佐藤, given: 太郎 }
            consent: { records: {{consent}} }
        assignments: [{{assignments}}]
        """;

    public static string Assignment(string resident = "r-001", string from = "2026-11-01T00:00:00+09:00", string? to = null) =>
        $"{{ device: {{ maker: IoTHealth, model: WatchOver-1, serial: R-0001 }}, resident: {resident}, from: \"{from}\""
        + (to is null ? "" : $", to: \"{to}\"") + ", author: nurse.sato }";

    public static ResidentsFile Parse(string consent)
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder.File("residents.yaml"), Of(consent));
        return ResidentsFile.Load(folder.File("residents.yaml"));
    }
}
