namespace IoTHealth.Simulators.Bluetooth.Bluez;

internal static partial class BluezPeripheralLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "The device is registered with BlueZ")]
    public static partial void SetUp(this ILogger log);

    [LoggerMessage(Level = LogLevel.Information, Message = "A central has connected")]
    public static partial void Connected(this ILogger log);

    [LoggerMessage(Level = LogLevel.Information, Message = "The central is gone")]
    public static partial void Disconnected(this ILogger log);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The central could not be disconnected: {Reason}")]
    public static partial void NotDisconnected(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "BlueZ did not take the change of the advertisement: {Reason}")]
    public static partial void NotAdvertised(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "BlueZ is not ready yet: {Reason}")]
    public static partial void NotYet(this ILogger log, string reason);
}
