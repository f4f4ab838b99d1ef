using IoTHealth.Measurements;

namespace IoTHealth.Cloud.Log;

/// <summary>An entry as the cloud's log holds it.</summary>
/// <param name="Shard">Shard of the gateway that delivered it first.</param>
/// <param name="Position">Position within the shard, dense from 1; not the gateway's.</param>
/// <param name="Journal">The gateway and journal it came from.</param>
/// <param name="Received">When its transaction began, UTC; never earlier than that of the entry before it in the shard.</param>
/// <param name="Entry">The entry with the gateway's own position.</param>
public sealed record LoggedEntry(int Shard, long Position, JournalId Journal, DateTimeOffset Received, Entry Entry);

/// <summary>What is known of one journal.</summary>
/// <param name="Journal">The gateway and journal.</param>
/// <param name="Head">The highest position the gateway told of.</param>
/// <param name="Received">Number of positions received.</param>
/// <param name="Gone">Number of positions that did not come, and of which the gateway said that they never will.</param>
public sealed record JournalState(JournalId Journal, long Head, long Received, long Gone)
{
    /// <summary>Positions up to the head that have not come and are not known to be gone.</summary>
    public long Missing => Math.Max(0, Head - Received - Gone);
}

/// <summary>A telemetry message that could not be decoded or stored, with its bytes as they came.</summary>
public sealed record RefusedMessage(string Gateway, string Reason, DateTimeOffset At, ReadOnlyMemory<byte> Bytes);
