using System.Buffers;
using System.IO.Pipelines;

namespace IoTHealth.Links.Mqtt;

/// <summary>
/// A pipe reader that looks at every MQTT fixed header as it passes and fails on one that announces more than the limit,
/// before its body is read or any memory set aside for it. MQTTnet itself has no such limit. MQTT 3.1.1, section 2.2.3.
/// </summary>
internal sealed class PacketLengthGuard(PipeReader inner, int initialLimitBytes) : PipeReader
{
    private const int HeaderBytesMaximum = 5;

    private long _consumed;
    private long _nextHeader;
    private ReadOnlySequence<byte> _buffer;

    /// <summary>Largest packet admitted from now on, bytes.</summary>
    public int LimitBytes { get; set; } = initialLimitBytes;

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        Check(await inner.ReadAsync(cancellationToken));

    public override bool TryRead(out ReadResult result)
    {
        var read = inner.TryRead(out result);
        if (read)
        {
            Check(result);
        }

        return read;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _consumed += _buffer.Slice(_buffer.Start, consumed).Length;
        _buffer = default;
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    private ReadResult Check(ReadResult result)
    {
        _buffer = result.Buffer;
        while (_nextHeader - _consumed < _buffer.Length && TryReadLength(_buffer.Slice(_nextHeader - _consumed), out var length))
        {
            if (length > LimitBytes)
            {
                throw new InvalidDataException($"A packet of {length} bytes exceeds the limit of {LimitBytes} bytes.");
            }

            _nextHeader += length;
        }

        return result;
    }

    private static bool TryReadLength(ReadOnlySequence<byte> packet, out long length)
    {
        var reader = new SequenceReader<byte>(packet);
        reader.Advance(1);
        length = 0;
        for (var index = 1; index < HeaderBytesMaximum; index++)
        {
            if (!reader.TryRead(out var digit))
            {
                return false;
            }

            length |= (long)(digit & 0x7F) << (7 * (index - 1));
            if ((digit & 0x80) == 0)
            {
                length += index + 1;
                return true;
            }
        }

        throw new InvalidDataException("The remaining length of a packet has more than four digits.");
    }
}
