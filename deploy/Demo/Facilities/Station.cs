namespace IoTHealth.Demo.Facilities;

/// <summary>A nurse station's credential on the edge's broker.</summary>
public sealed record Station(string Key, string Password);
