using System.Text.Json.Nodes;

namespace IoTHealth.Cloud.Hub;

/// <summary>What became of a direct method.</summary>
public enum MethodOutcome
{
    /// <summary>The gateway answered, with a status of its own.</summary>
    Answered,

    /// <summary>The gateway is not connected; nothing was sent.</summary>
    NotConnected,

    /// <summary>No answer in time: it may or may not have been done.</summary>
    TimedOut,

    /// <summary>Too many methods wait for this gateway; nothing was sent.</summary>
    Busy,
}

/// <param name="Outcome">What became of it.</param>
/// <param name="Status">The gateway's status, where it answered; in the manner of HTTP.</param>
/// <param name="Body">The gateway's answer; null where there is none, or none that is JSON.</param>
public sealed record MethodAnswer(MethodOutcome Outcome, int Status = 0, JsonNode? Body = null);
