using Microsoft.Extensions.Logging;

namespace IoTHealth.Links.Mqtt;

/// <summary>
/// Says why clients were refused or put out: once for each client and minute, then with the number of times that were not told. A
/// hostile client must neither pass unseen nor fill the log.
/// </summary>
internal sealed partial class ClosingLog(ILogger logger, TimeProvider time)
{
    private const int ClientsMaximum = 1_000;
    private const string Others = "others";

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, (long At, int Untold)> _told = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    /// <summary>A connection was not admitted.</summary>
    public void Refused(string client, string endpoint, string reason) => Say(client, endpoint, reason, LogRefused);

    /// <summary>An admitted connection was closed.</summary>
    public void Closed(string client, string endpoint, string reason) => Say(client, endpoint, reason, LogClosed);

    /// <summary>An admitted connection was silent, dripping or deaf for too long.</summary>
    public void PutOut(string client, string endpoint, string reason) => Say(client, endpoint, reason, LogPutOut);

    public void SubscriptionRefused(string client, string endpoint, string reason) => Say(client, endpoint, reason, LogSubscriptionRefused);

    private void Say(string client, string endpoint, string reason, Action<ILogger, string, string, string> log)
    {
        if (IsDue(client, out var untold))
        {
            log(logger, client, endpoint, untold == 0 ? reason : $"{reason} (and {untold} times before that were not told)");
        }
    }

    private bool IsDue(string client, out int untold)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            var key = _told.ContainsKey(client) || _told.Count < ClientsMaximum || Forget(now) ? client : Others;
            var isKnown = _told.TryGetValue(key, out var last);
            untold = last.Untold;
            var isDue = !isKnown || time.GetElapsedTime(last.At, now) >= Interval;
            _told[key] = isDue ? (now, 0) : (last.At, last.Untold + 1);
            return isDue;
        }
    }

    // Makes room where it can.
    private bool Forget(long now)
    {
        foreach (var client in _told.Where(pair => time.GetElapsedTime(pair.Value.At, now) >= Interval).Select(pair => pair.Key).ToList())
        {
            _told.Remove(client);
        }

        return _told.Count < ClientsMaximum;
    }

    [LoggerMessage(LogLevel.Warning, "Refused the connection of {Client} at {Endpoint}: {Reason}")]
    private static partial void LogRefused(ILogger logger, string client, string endpoint, string reason);

    [LoggerMessage(LogLevel.Warning, "Closed the connection of {Client} at {Endpoint} without acknowledging: {Reason}")]
    private static partial void LogClosed(ILogger logger, string client, string endpoint, string reason);

    [LoggerMessage(LogLevel.Warning, "Put out {Client} at {Endpoint}: {Reason}")]
    private static partial void LogPutOut(ILogger logger, string client, string endpoint, string reason);

    [LoggerMessage(LogLevel.Warning, "Refused a subscription of {Client} at {Endpoint}: {Reason}")]
    private static partial void LogSubscriptionRefused(ILogger logger, string client, string endpoint, string reason);
}
