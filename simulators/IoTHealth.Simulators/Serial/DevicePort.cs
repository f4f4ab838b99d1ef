using System.Threading.Channels;
using IoTHealth.Simulators.CommandLine;

namespace IoTHealth.Simulators.Serial;

/// <summary>
/// A device's serial port on a pseudo-terminal, which can be pulled out and plugged in again under the same link. Behaves
/// like a wire: nothing is kept for a host that is not there, and bytes travel no faster than the baud rate (8N1).
/// </summary>
internal sealed class DevicePort : IDisposable
{
    private const int BitsPerByte = 10;
    private const int LookMilliseconds = 20;
    private const int MostUnread = 4096;
    private static readonly TimeSpan Piece = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(LookMilliseconds);

    private readonly string? _link;
    private readonly int _bytesPerSecond;
    private readonly TimeProvider _clock;
    private readonly Channel<byte> _heard = Channel.CreateBounded<byte>(new BoundedChannelOptions(MostUnread) { FullMode = BoundedChannelFullMode.DropOldest });
    private Plug? _plug;

    /// <param name="link">A symbolic link to the terminal, kept while it is plugged in; null = none.</param>
    /// <param name="baud">Bits per second; 0 = as fast as it can.</param>
    /// <exception cref="UsageException">There is no pseudo-terminal here, or something else lies where the link should.</exception>
    public DevicePort(string? link, int baud, TimeProvider clock)
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new UsageException("A serial device needs Linux' pseudo-terminals.");
        }

        (_link, _bytesPerSecond, _clock) = (link is null ? null : System.IO.Path.GetFullPath(link), baud == 0 ? int.MaxValue : Math.Max(1, baud / BitsPerByte), clock);
        _plug = PlugIn();
    }

    /// <summary>What the host opens: the link, or the terminal where there is none.</summary>
    public string Path => _link ?? Plugged.Terminal.Path;

    private Plug Plugged => _plug ?? throw new InvalidOperationException("The port is pulled out.");

    /// <summary>Returns once a host has opened the port.</summary>
    public async Task OpenedAsync(CancellationToken stop)
    {
        while (!Plugged.Terminal.IsOpened)
        {
            if (Plugged.IsSpent)
            {
                PullOut();
                _plug = PlugIn();
            }

            await Task.Delay(Look, _clock, stop);
        }
    }

    /// <summary>Sends at the line's pace; a byte arrives no sooner than it would have passed the wire.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        var (begun, piece) = (_clock.GetTimestamp(), (int)Math.Clamp(_bytesPerSecond * Piece.TotalSeconds, 1, int.MaxValue));
        for (var sent = 0; sent < bytes.Length;)
        {
            var next = bytes.Slice(sent, Math.Min(piece, bytes.Length - sent));
            sent += next.Length;
            await PaceAsync(begun, TimeSpan.FromSeconds(sent / (double)_bytesPerSecond), stop);
            Plugged.Terminal.Write(next.Span);
        }
    }

    /// <summary>The next byte from the host, or null after so long without one.</summary>
    public async Task<byte?> ReadAsync(TimeSpan patience, CancellationToken stop)
    {
        if (_heard.Reader.TryRead(out var ready))
        {
            return ready;
        }

        using var silent = new CancellationTokenSource(patience, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silent.Token, stop);
        try
        {
            return await _heard.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Drops what the host has said so far.</summary>
    public void Forget()
    {
        while (_heard.Reader.TryRead(out _))
        {
        }
    }

    /// <summary>Pulls the plug, whatever is under way; after a while it is in again.</summary>
    public async Task ReplugAsync(TimeSpan outFor, CancellationToken stop)
    {
        PullOut();
        await Task.Delay(outFor, _clock, stop);
        Forget();
        _plug = PlugIn();
    }

    public void Dispose() => PullOut();

    private Plug PlugIn()
    {
        var terminal = PseudoTerminal.Create();
        try
        {
            PlaceLink(terminal.Path);
            return new Plug(terminal, _heard.Writer);
        }
        catch (Exception failed)
        {
            terminal.Dispose();
            throw failed is IOException or UnauthorizedAccessException ? new UsageException($"{_link}: {failed.Message}", failed) : failed;
        }
    }

    // A link that a killed run left behind is replaced; anything else is not ours to delete.
    private void PlaceLink(string target)
    {
        if (_link is null)
        {
            return;
        }

        if (new FileInfo(_link).LinkTarget is not null)
        {
            File.Delete(_link);
        }

        File.CreateSymbolicLink(_link, target);
    }

    private void PullOut()
    {
        if (_plug is not { } plug)
        {
            return;
        }

        _plug = null;
        if (_link is not null && new FileInfo(_link).LinkTarget == plug.Terminal.Path)
        {
            File.Delete(_link);
        }

        plug.Dispose();
    }

    private Task PaceAsync(long begun, TimeSpan due, CancellationToken stop)
    {
        // Timers count whole milliseconds, rounded down.
        var wait = TimeSpan.FromMilliseconds(Math.Ceiling((due - _clock.GetElapsedTime(begun)).TotalMilliseconds));
        return _bytesPerSecond < int.MaxValue && wait > TimeSpan.Zero ? Task.Delay(wait, _clock, stop) : Task.CompletedTask;
    }

    /// <summary>One terminal and the thread that listens to it.</summary>
    private sealed class Plug : IDisposable
    {
        private readonly ManualResetEventSlim _out = new();
        private readonly ChannelWriter<byte> _heard;
        private readonly Thread _listener;
        private volatile bool _spent;

        public Plug(PseudoTerminal terminal, ChannelWriter<byte> heard)
        {
            (Terminal, _heard) = (terminal, heard);
            _listener = new Thread(Listen) { IsBackground = true, Name = "serial " + terminal.Path };
            _listener.Start();
        }

        public PseudoTerminal Terminal { get; }

        /// <summary>The last host left the terminal locked.</summary>
        public bool IsSpent => _spent;

        public void Dispose()
        {
            _out.Set();
            _listener.Join();
            Terminal.Dispose();
            _out.Dispose();
        }

        private void Listen()
        {
            var buffer = new byte[256];
            for (var opened = false; !_out.IsSet;)
            {
                foreach (var heard in buffer.AsSpan(0, Terminal.Read(buffer, LookMilliseconds)))
                {
                    _heard.TryWrite(heard);
                }

                opened = Watch(opened);
            }
        }

        // With nobody there, poll(2) returns at once: wait here instead.
        private bool Watch(bool wasOpened)
        {
            var opened = Terminal.IsOpened;
            if (wasOpened && !opened)
            {
                _spent = !Terminal.TryDropUnread();
            }

            if (!opened)
            {
                _out.Wait(LookMilliseconds);
            }

            return opened;
        }
    }
}
