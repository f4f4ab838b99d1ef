namespace IoTHealth.Edge.Influx;

/// <summary>Which point of the history is meant.</summary>
/// <param name="Kind">Measurement in InfluxDB's sense.</param>
/// <param name="Device">Tag.</param>
/// <param name="Gateway">Tag.</param>
/// <param name="Nanoseconds">Timestamp.</param>
public readonly record struct StoredPoint(string Kind, string Device, string Gateway, long Nanoseconds);
