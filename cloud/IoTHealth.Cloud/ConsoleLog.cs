using Microsoft.Extensions.Logging.Console;

namespace IoTHealth.Cloud;

/// <summary>The log on standard error. Where nobody reads it fast enough lines are dropped: no reading waits for a log line.</summary>
internal static class ConsoleLog
{
    public static void Configure(ILoggingBuilder logging) => logging.ClearProviders()
        .AddSimpleConsole(console => console.SingleLine = true)
        .AddConsole(console =>
        {
            console.LogToStandardErrorThreshold = LogLevel.Trace;
            console.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
        })
        .SetMinimumLevel(LogLevel.Warning).AddFilter("IoTHealth", LogLevel.Information).AddFilter("Orleans", LogLevel.Error);
}
