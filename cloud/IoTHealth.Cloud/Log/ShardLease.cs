namespace IoTHealth.Cloud.Log;

/// <summary>The right to write a shard until somebody takes it over.</summary>
/// <param name="Shard">Number of the shard, 0 to 63.</param>
/// <param name="Epoch">Counts the take-overs.</param>
/// <param name="Next">The position the next entry gets.</param>
public sealed record ShardLease(int Shard, long Epoch, long Next);

/// <summary>Another writer has taken the shard over; the transaction was rolled back.</summary>
[GenerateSerializer]
[Alias("IoTHealth.Fenced")]
public sealed class FencedException(string message) : Exception(message)
{
    public static FencedException For(ShardLease lease) =>
        new($"shard {lease.Shard} has another writer than epoch {lease.Epoch} at position {lease.Next}");
}
