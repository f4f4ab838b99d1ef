namespace IoTHealth.Simulators.BedsideTransmitter;

internal static partial class TransmitterLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Serial} reported: {Control}, {Measurements} measurements")]
    public static partial void Reported(this ILogger log, string serial, string control, int measurements);

    [LoggerMessage(Level = LogLevel.Warning, Message = "not delivered, will be sent again: {Cause}")]
    public static partial void Broken(this ILogger log, string cause);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Control} was refused and is not sent again: {Code} {Reason}")]
    public static partial void Refused(this ILogger log, string control, string code, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Serial} ends with {Count} measurements not acknowledged")]
    public static partial void NotDrained(this ILogger log, string serial, long count);
}
