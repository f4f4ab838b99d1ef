namespace IoTHealth.Records;

/// <summary>A measurement that has no FHIR form: an unknown kind, sign or unit. The message names what, never whose.</summary>
public sealed class UnmappableException(string message) : Exception(message);
