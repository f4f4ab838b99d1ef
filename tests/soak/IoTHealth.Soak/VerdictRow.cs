namespace IoTHealth.Soak;

/// <summary>One line of the counting report: a device and a kind of reading.</summary>
public sealed record VerdictRow(string Serial, string Kind, long Missing);
