using System.Buffers;
using System.IO.Pipelines;

namespace IoTHealth.Links.Mqtt;

/// <summary>
/// A pipe reader that looks at every MQTT fixed header once it is next and fails on one that announces more than the limit,
/// before its body is read or any memory set aside for it. MQTTnet itself has no such limit. MQTT 3.1.1, section 2.2.3.
/// It also fails where the bytes end within a packet: MQTTnet would ask for the rest for ever, without waiting.
/// </summary>
internal sealed class PacketLengthGuard(PipeReader inner, int initialLimitBytes) : PipeReader
{
    private const int HeaderBytesMaximum = 5;

    /// <summary>Bytes not yet consumed of the packet whose header was looked at last.</summary>
    private long _left;

    private ReadOnlySequence<byte> _buffer;
    private bool _isWithinPacket;
    private volatile bool _isClosed;

    /// <summary>Largest packet admitted from now on, bytes. Packets already sent behind the one being read are judged by it.</summary>
    public int LimitBytes { get; set; } = initialLimitBytes;

    /// <summary>Part of a packet has come, and the rest has not. Read by other threads than the reader's.</summary>
    public bool IsWithinPacket => Volatile.Read(ref _isWithinPacket);

    /// <summary>Lets nothing more in; a read that waits fails.</summary>
    public void Close()
    {
        _isClosed = true;
        inner.CancelPendingRead();
    }

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
        Pass(_buffer.Slice(_buffer.Start, consumed).Length);
        _buffer = default;
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    private ReadResult Check(ReadResult result)
    {
        _buffer = result.Buffer;
        if (_isClosed)
        {
            throw new InvalidDataException("The connection is being closed.");
        }

        if (_left == 0 && TryReadLength(_buffer, out var length))
        {
            _left = Admit(length);
        }

        var isWhole = _left > 0 && _buffer.Length >= _left;
        Volatile.Write(ref _isWithinPacket, !isWhole && !_buffer.IsEmpty);
        return result.IsCompleted && !_buffer.IsEmpty && !isWhole
            ? throw new InvalidDataException("The connection ended within a packet.")
            : result;
    }

    // Packets that were taken several at a time are judged as they pass.
    private void Pass(long consumed)
    {
        while (_left < consumed)
        {
            _left += TryReadLength(_buffer.Slice(_left), out var length)
                ? Admit(length)
                : throw new InvalidOperationException("Part of a header was consumed.");
        }

        _left -= consumed;
    }

    private long Admit(long length) => length <= LimitBytes
        ? length
        : throw new InvalidDataException($"A packet of {length} bytes exceeds the limit of {LimitBytes} bytes.");

    private static bool TryReadLength(ReadOnlySequence<byte> packet, out long length)
    {
        var reader = new SequenceReader<byte>(packet);
        length = 0;
        if (!reader.TryRead(out _))
        {
            return false;
        }

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
