namespace IoTHealth.Edge.Journal;

/// <summary>A sealed payload is not what was written.</summary>
public sealed class DamagedPayloadException(string message) : IOException(message);
