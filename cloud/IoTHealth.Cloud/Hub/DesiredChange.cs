using System.Text.Json.Nodes;

namespace IoTHealth.Cloud.Hub;

/// <summary>A change of what is desired of a gateway.</summary>
/// <param name="Name">The property.</param>
/// <param name="Value">Its new value; null where nothing is desired any more.</param>
/// <param name="Version">Version of the desired properties since.</param>
public sealed record DesiredChange(string Name, JsonNode? Value, long Version);
