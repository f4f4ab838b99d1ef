using System.Text;

namespace IoTHealth.Cloud.Log;

/// <summary>Which shard a gateway's entries go to. The hash and the count are fixed for the life of a log.</summary>
public static class Shards
{
    public const int Count = 64;

    private const uint OffsetBasis = 2166136261;
    private const uint Prime = 16777619;

    /// <summary>FNV-1a of the gateway id's UTF-8, modulo <see cref="Count"/>.</summary>
    public static int Of(string gateway)
    {
        var hash = OffsetBasis;
        foreach (var value in Encoding.UTF8.GetBytes(gateway))
        {
            hash = (hash ^ value) * Prime;
        }

        return (int)(hash % Count);
    }
}
