namespace IoTHealth.Simulators.GlucoseMeter;

internal static partial class MeterLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Serial} found its port open")]
    public static partial void Opened(this ILogger log, string serial);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Serial} uploaded its memory (upload {Upload})")]
    public static partial void Uploaded(this ILogger log, string serial, int upload);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Serial} gives upload {Upload} up and begins anew: frame {Place} was not taken")]
    public static partial void GaveUp(this ILogger log, string serial, int upload, int place);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Serial} was unplugged within frame {Place} of upload {Upload}")]
    public static partial void Unplugged(this ILogger log, string serial, int place, int upload);
}
