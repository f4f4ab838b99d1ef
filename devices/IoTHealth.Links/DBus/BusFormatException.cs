namespace IoTHealth.Links.DBus;

/// <summary>Bytes that are no valid D-Bus message, or one beyond the limits. The connection they came on is closed.</summary>
public sealed class BusFormatException(string message) : IOException(message);
