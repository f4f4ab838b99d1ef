using System.Collections.Concurrent;

namespace IoTHealth.Edge.Intake;

/// <summary>
/// Says in the log what went to quarantine and why, once for each source and reason: a wrong meter on a line must not pass unseen, and a
/// broken one must not fill the log.
/// </summary>
public sealed partial class RefusalLog(ILogger<RefusalLog> logger)
{
    private const int MostRemembered = 2_000;

    private readonly ConcurrentDictionary<(string Source, string Reason), bool> _said = new();

    /// <param name="source">Key of the device, or name of the reader.</param>
    /// <param name="reason">Why; never what a sender wrote.</param>
    public void Say(string source, string reason)
    {
        if (_said.Count < MostRemembered && _said.TryAdd((source, reason), true))
        {
            LogRefused(logger, source, reason);
        }
    }

    [LoggerMessage(LogLevel.Warning, "In quarantine, from {Source}: {Reason}")]
    private static partial void LogRefused(ILogger logger, string source, string reason);
}
