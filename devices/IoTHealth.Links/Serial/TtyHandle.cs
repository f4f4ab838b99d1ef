using System.Runtime.InteropServices;

namespace IoTHealth.Links.Serial;

/// <summary>
/// A tty's file descriptor with blocking calls that end when it hangs up or is stopped: poll(2) on the line and an eventfd.
/// </summary>
internal sealed class TtyHandle : IDisposable
{
    private const short HangUp = Libc.PollHangUp | Libc.PollError | Libc.PollInvalid;

    private readonly int _line;
    private readonly int _wake;
    private int _stopped;

    private TtyHandle(int line, int wake) => (_line, _wake) = (line, wake);

    public bool IsStopped => Volatile.Read(ref _stopped) != 0;

    /// <exception cref="IOException">It cannot be opened, or is no serial line.</exception>
    public static TtyHandle Open(SerialSettings settings)
    {
        var speed = LineSpeeds.Constant(settings.Baud);
        return Open(settings.Path, line => Termios.MakeRaw(line, speed) && Libc.Ioctl(line, Libc.ExclusiveUse, 0) == 0);
    }

    /// <summary>Opens a device file that is no serial line.</summary>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static TtyHandle OpenPlain(string path) => Open(path, _ => true);

    private static TtyHandle Open(string path, Func<int, bool> configure)
    {
        var line = Libc.Open(path, Libc.ReadWrite | Libc.NoControllingTty | Libc.NonBlocking | Libc.CloseOnExec);
        if (line < 0)
        {
            throw Libc.Error(path);
        }

        var configured = configure(line);
        var error = Libc.Error(path);
        var wake = configured ? Libc.EventFd(0, Libc.CloseOnExec) : -1;
        if (wake < 0)
        {
            _ = Libc.Close(line);
            throw error;
        }

        return new TtyHandle(line, wake);
    }

    /// <summary>Waits for bytes. 0 means stopped.</summary>
    /// <exception cref="IOException">The line hung up.</exception>
    public int Read(byte[] buffer)
    {
        while (WaitFor(Libc.PollIn))
        {
            var count = Libc.Read(_line, buffer, buffer.Length);
            if (count > 0)
            {
                return (int)count;
            }

            if (count == 0 || !Libc.IsPassing())
            {
                throw new IOException("the line hung up");
            }
        }

        return 0;
    }

    /// <summary>Writes all of it, waiting while the line is full; gives up quietly when stopped.</summary>
    /// <exception cref="IOException">The line hung up.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty && WaitFor(Libc.PollOut))
        {
            var count = Libc.Write(_line, bytes);
            if (count < 0 && !Libc.IsPassing())
            {
                throw new IOException("the line hung up");
            }

            bytes = bytes[(int)Math.Max(0, count)..];
        }
    }

    /// <summary>Ends every wait, now and later.</summary>
    public void Stop()
    {
        Interlocked.Exchange(ref _stopped, 1);
        Libc.Wake(_wake);
    }

    public void Dispose()
    {
        // On a pseudo-terminal the lock would outlive us.
        _ = Libc.Ioctl(_line, Libc.SharedUse, 0);
        _ = Libc.Close(_line);
        _ = Libc.Close(_wake);
    }

    private bool WaitFor(short what)
    {
        while (!IsStopped)
        {
            Libc.PollDescriptor[] polled = [new() { Descriptor = _line, Events = what }, new() { Descriptor = _wake, Events = Libc.PollIn }];
            if (Libc.Poll(polled, 2, -1) < 0)
            {
                continue;
            }

            // What was received before the hang-up is still read.
            if ((polled[0].Revents & what) != 0)
            {
                return !IsStopped;
            }

            if ((polled[0].Revents & HangUp) != 0)
            {
                throw new IOException("the line hung up");
            }
        }

        return false;
    }
}
