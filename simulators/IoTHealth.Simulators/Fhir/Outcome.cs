namespace IoTHealth.Simulators.Fhir;

/// <summary>What became of one interaction.</summary>
/// <param name="Status">201 created, 200 updated or found already there.</param>
internal sealed record Outcome(int Status, string Type, string Id, int Version, string LastModified)
{
    public string Address => $"{Type}/{Id}";

    public string Location => $"{Address}/_history/{Version}";

    public string ETag => $"W/\"{Version}\"";
}
