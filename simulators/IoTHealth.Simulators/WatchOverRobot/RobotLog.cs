namespace IoTHealth.Simulators.WatchOverRobot;

internal static partial class RobotLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Device} connected to {Host}:{Port}")]
    public static partial void Connected(this ILogger log, string device, string host, int port);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Device} lost its connection ({Reason}); {Messages} messages are not acknowledged")]
    public static partial void ConnectionLost(this ILogger log, string device, string reason, int messages);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Device} cannot connect, attempt {Attempt}: {Reason}")]
    public static partial void Unreachable(this ILogger log, string device, int attempt, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Rate} records a second from one robot outrun its millisecond clock: its timestamps run ahead of true time")]
    public static partial void OutrunsClock(this ILogger log, double rate);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Device} ended with {Missing} records without acknowledgement")]
    public static partial void NotDrained(this ILogger log, string device, long missing);
}
