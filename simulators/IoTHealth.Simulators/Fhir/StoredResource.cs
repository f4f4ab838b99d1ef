namespace IoTHealth.Simulators.Fhir;

/// <summary>The latest version of a resource: where its line lies in the file and what it is found by.</summary>
/// <param name="Order">Grows with every stored version.</param>
internal sealed record StoredResource(
    string Type, string Id, int Version, string LastUpdated, long Order, long Offset, int Length, SearchIndex Index);
