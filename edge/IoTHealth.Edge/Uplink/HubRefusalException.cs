namespace IoTHealth.Edge.Uplink;

/// <summary>The hub answered, and does not let us in: trying again soon is of no use.</summary>
public sealed class HubRefusalException(string message) : IOException(message);
