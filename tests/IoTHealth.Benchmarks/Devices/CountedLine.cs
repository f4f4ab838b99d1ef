using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;

namespace IoTHealth.Benchmarks.Devices;

/// <summary>A line that counts its bytes both ways, the time from the first to the last, and how long answers took.</summary>
internal sealed class CountedLine : IDuplexPipe
{
    private readonly TimeProvider _time;
    private long _first;
    private long _last;
    private long _bytes;
    private long _turnAround;

    public CountedLine(IDuplexPipe line, TimeProvider time)
    {
        _time = time;
        Input = new CountedReader(line.Input, this);
        Output = new CountedWriter(line.Output, this);
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    public long Bytes => Interlocked.Read(ref _bytes);

    public TimeSpan Taken => _time.GetElapsedTime(Interlocked.Read(ref _first), Interlocked.Read(ref _last));

    /// <summary>Sum of the times from what was heard to what was said.</summary>
    public TimeSpan TurnAround => _time.GetElapsedTime(0, Interlocked.Read(ref _turnAround));

    private void Heard(long bytes)
    {
        if (bytes > 0)
        {
            Count(bytes, _time.GetTimestamp());
        }
    }

    private void Said(long bytes)
    {
        var now = _time.GetTimestamp();
        Interlocked.Add(ref _turnAround, now - Interlocked.Read(ref _last));
        Count(bytes, now);
    }

    private void Count(long bytes, long now)
    {
        Interlocked.CompareExchange(ref _first, now, 0);
        Interlocked.Exchange(ref _last, now);
        Interlocked.Add(ref _bytes, bytes);
    }

    private sealed class CountedReader(PipeReader inner, CountedLine line) : PipeReader
    {
        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(cancellationToken);
            line.Heard(read.Buffer.Length);
            return read;
        }

        public override bool TryRead([NotNullWhen(true)] out ReadResult result) => throw new NotSupportedException("the driver awaits");

        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) =>
            throw new NotSupportedException("what was read would be counted twice");

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }

    private sealed class CountedWriter(PipeWriter inner, CountedLine line) : PipeWriter
    {
        public override void Advance(int bytes)
        {
            inner.Advance(bytes);
            line.Said(bytes);
        }

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}
