using Microsoft.Extensions.Logging.Console;

namespace IoTHealth.Simulators.CommandLine;

/// <summary>Logging to standard error, so that standard output carries only what the seams promise.</summary>
internal static class StandardErrorLog
{
    public static ILoggingBuilder AddStandardError(this ILoggingBuilder logging)
    {
        logging.ClearProviders().SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning);
        logging.AddSimpleConsole(line =>
        {
            line.SingleLine = true;
            line.UseUtcTimestamp = true;
            line.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            line.ColorBehavior = LoggerColorBehavior.Disabled;
        });
        return logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    public static ILoggerFactory Create() => LoggerFactory.Create(logging => logging.AddStandardError());
}
