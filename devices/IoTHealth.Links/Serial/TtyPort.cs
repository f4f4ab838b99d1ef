using System.Buffers;
using System.IO.Pipelines;

namespace IoTHealth.Links.Serial;

/// <summary>
/// A serial line as a duplex byte port. A hang-up (the cable pulled, the adapter gone) ends reading and writing with an
/// <see cref="IOException"/> at once, also in the middle of a write; closing never hangs. System.IO.Ports is not used for this:
/// after a hang-up its write times out and its Close does not return (dotnet/runtime#121627).
/// </summary>
public sealed class TtyPort : IDuplexPipe, IAsyncDisposable
{
    private const int BufferBytes = 4 * 1024;

    private readonly TtyHandle _tty;
    private readonly int _reportBytes;
    private readonly Pipe _received = new(new PipeOptions(pauseWriterThreshold: 64 * 1024, resumeWriterThreshold: 32 * 1024));
    private readonly Pipe _sending = new(new PipeOptions(pauseWriterThreshold: 64 * 1024, resumeWriterThreshold: 32 * 1024));
    private readonly Thread _reader;
    private readonly Thread _writer;

    private TtyPort(TtyHandle tty, string name, int reportBytes)
    {
        (_tty, _reportBytes) = (tty, reportBytes);
        _reader = new Thread(ReadLoop) { IsBackground = true, Name = $"read {name}" };
        _writer = new Thread(WriteLoop) { IsBackground = true, Name = $"write {name}" };
        _reader.Start();
        _writer.Start();
    }

    public PipeReader Input => _received.Reader;

    public PipeWriter Output => _sending.Writer;

    /// <summary>Opens a line for this process alone and sets it to raw bytes at its speed.</summary>
    /// <exception cref="IOException">It is not there, in use, or no serial line.</exception>
    /// <exception cref="ArgumentException">The speed is not known.</exception>
    public static TtyPort Open(SerialSettings settings) => new(TtyHandle.Open(settings), settings.Path, 0);

    /// <summary>
    /// Opens a USB HID device (hidraw) as a stream of whole reports without report numbers: read they are as they came, and what
    /// is written must be whole reports too (Documentation/hid/hidraw.rst).
    /// </summary>
    /// <param name="path">For example <c>/dev/hidraw0</c>.</param>
    /// <param name="reportBytes">Length of the reports written.</param>
    /// <exception cref="IOException">It is not there, or may not be opened.</exception>
    public static TtyPort OpenReports(string path, int reportBytes) => new(TtyHandle.OpenPlain(path), path, reportBytes);

    public async ValueTask DisposeAsync()
    {
        _tty.Stop();
        await _received.Reader.CompleteAsync();
        await _sending.Writer.CompleteAsync();
        _reader.Join();
        _writer.Join();
        _tty.Dispose();
    }

    private void ReadLoop()
    {
        var buffer = new byte[BufferBytes];
        Exception? end = null;
        try
        {
            while (_tty.Read(buffer) is > 0 and var count)
            {
                var flushed = _received.Writer.WriteAsync(buffer.AsMemory(0, count)).AsTask().GetAwaiter().GetResult();
                if (flushed.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (IOException e)
        {
            end = e;
        }

        _received.Writer.Complete(end);
        _sending.Reader.CancelPendingRead();
        if (end is not null)
        {
            _tty.Stop();
        }
    }

    private void Write(ReadOnlySequence<byte> bytes)
    {
        if (_reportBytes == 0)
        {
            foreach (var segment in bytes)
            {
                _tty.Write(segment.Span);
            }

            return;
        }

        // One write is one report, behind a number that is 0 where the device numbers none.
        foreach (var report in bytes.ToArray().Chunk(_reportBytes))
        {
            _tty.Write([0, .. report]);
        }
    }

    private void WriteLoop()
    {
        Exception? end = null;
        try
        {
            while (true)
            {
                var result = _sending.Reader.ReadAsync().AsTask().GetAwaiter().GetResult();
                Write(result.Buffer);
                _sending.Reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted || result.IsCanceled)
                {
                    break;
                }
            }
        }
        catch (IOException e)
        {
            end = e;
        }

        _sending.Reader.Complete(end ?? (_tty.IsStopped ? new IOException("the line has gone") : null));
    }
}
