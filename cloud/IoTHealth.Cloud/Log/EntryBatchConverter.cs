using IoTHealth.Measurements;

namespace IoTHealth.Cloud.Log;

/// <summary>A batch on its way to a shard grain of another silo: in the wire form.</summary>
[GenerateSerializer]
[Alias("IoTHealth.Batch")]
public record struct EntryBatchSurrogate
{
    [Id(0)]
    public byte[] Bytes { get; set; }
}

/// <summary>Lets Orleans carry batches between silos.</summary>
[RegisterConverter]
public sealed class EntryBatchConverter : IConverter<EntryBatch, EntryBatchSurrogate>
{
    public EntryBatch ConvertFromSurrogate(in EntryBatchSurrogate surrogate) =>
        WireForm.TryDecodeBatch(surrogate.Bytes, out var batch, out var reason)
            ? batch
            : throw new InvalidOperationException($"a batch between silos cannot be read: {reason}");

    public EntryBatchSurrogate ConvertToSurrogate(in EntryBatch value) => new() { Bytes = WireForm.Encode(value) };
}
