using Google.Protobuf;
using IoTHealth.Measurements.Wire;

namespace IoTHealth.Measurements;

/// <content>Batches: what one telemetry message carries.</content>
public static partial class WireForm
{
    public static byte[] Encode(EntryBatch batch)
    {
        var message = new BatchMessage
        {
            Gateway = batch.Journal.Gateway,
            Journal = Bytes(batch.Journal.Guid),
            Head = batch.Head,
        };
        foreach (var entry in batch.Entries)
        {
            message.Entries.Add(new EntryMessage
            {
                Position = entry.Position,
                Kind = (int)entry.Kind,
                Id = ByteString.CopyFrom(entry.Id.ToBytes()),
                Revision = entry.Revision,
                Priority = (int)entry.Priority,
                Payload = UnsafeByteOperations.UnsafeWrap(entry.Payload),
            });
        }

        return message.ToByteArray();
    }

    /// <summary>Decodes a batch; an empty one, repeated or descending positions are refused.</summary>
    public static bool TryDecodeBatch(ReadOnlyMemory<byte> bytes, out EntryBatch batch, out string reason)
    {
        batch = null!;
        if (!TryParse(BatchMessage.Parser, bytes, out var message, out reason))
        {
            return false;
        }

        if (message.Gateway.Length == 0 || message.Journal.Length != 16)
        {
            reason = "the batch names no gateway or no journal";
            return false;
        }

        var entries = new List<Entry>(message.Entries.Count);
        long last = 0;
        foreach (var entry in message.Entries)
        {
            if (entry.Position <= last)
            {
                reason = $"position {entry.Position} follows {last}";
                return false;
            }

            if (entry.Id.Length != MeasurementId.Length)
            {
                reason = $"the id at position {entry.Position} has {entry.Id.Length} bytes";
                return false;
            }

            last = entry.Position;
            entries.Add(new Entry(
                entry.Position,
                (EntryKind)entry.Kind,
                MeasurementId.FromBytes(entry.Id.Span),
                entry.Revision,
                (EntryPriority)entry.Priority,
                entry.Payload.Memory));
        }

        if (entries.Count == 0)
        {
            reason = "the batch is empty";
            return false;
        }

        batch = new EntryBatch(new JournalId(message.Gateway, Guid(message.Journal)), message.Head, entries);
        return true;
    }
}
