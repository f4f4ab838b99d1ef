using System.Text;

namespace IoTHealth.Simulators.Serial;

/// <summary>
/// A pseudo-terminal, raw, seen from the device's end. No descriptor of the host's end is kept open: so the device knows
/// whether a host has opened the line, as a cable knows by DTR.
/// </summary>
internal sealed class PseudoTerminal : IDisposable
{
    // More than any Linux' struct termios.
    private const int TermiosBytes = 256;
    private readonly int _master;
    private bool _closed;

    private PseudoTerminal(int master, string path) => (_master, Path) = (master, path);

    /// <summary>What the host opens.</summary>
    public string Path { get; }

    /// <summary>Whether a host has it open.</summary>
    public bool IsOpened => (Poll(0) & Libc.PollHangUp) == 0;

    /// <exception cref="IOException">The system has none left.</exception>
    public static PseudoTerminal Create()
    {
        var master = Libc.Check(Libc.OpenMaster(Libc.ReadWrite | Libc.NoControllingTty | Libc.CloseOnExec | Libc.NonBlocking), "posix_openpt");
        try
        {
            Libc.Check(Libc.GrantSlave(master), "grantpt");
            Libc.Check(Libc.UnlockSlave(master), "unlockpt");
            var terminal = new PseudoTerminal(master, NameOf(master));

            // Raw from the first byte, or our own words come back as an echo. Only after one close does the master tell 'nobody'.
            terminal.OnHostsEnd(MakeRaw);
            return terminal;
        }
        catch
        {
            _ = Libc.Close(master);
            throw;
        }
    }

    /// <summary>Reads what the host has written, waiting for its first byte.</summary>
    /// <returns>The number of bytes; 0 when none came or nobody is there.</returns>
    public int Read(Span<byte> buffer, int timeoutMilliseconds) =>
        (Poll(timeoutMilliseconds) & Libc.PollIn) != 0 ? Libc.Read(_master, buffer) : 0;

    /// <summary>Writes as a line does: what nobody takes is lost.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (IsOpened)
        {
            _ = Libc.Write(_master, bytes);
        }
    }

    /// <summary>Drops what a host that has gone left unread; the kernel would hand it to the next one.</summary>
    /// <returns>False when nobody but root can open the terminal any more: the host took it for itself (TIOCEXCL), and here, unlike
    /// on a real line, that outlasts its closing.</returns>
    public bool TryDropUnread()
    {
        try
        {
            OnHostsEnd(slave => _ = Libc.Flush(slave, Libc.FlushBoth));
            return true;
        }
        catch (IOException)
        {
            return IsOpened;
        }
    }

    /// <summary>The host sees the line hang up.</summary>
    public void Dispose()
    {
        if (!_closed)
        {
            _closed = true;
            _ = Libc.Close(_master);
        }
    }

    private static string NameOf(int master)
    {
        var name = new byte[128];
        return Libc.NameOfSlave(master, name, name.Length) == 0
            ? Encoding.UTF8.GetString(name.AsSpan(0, name.AsSpan().IndexOf((byte)0)))
            : throw new IOException("ptsname_r: the pseudo-terminal has no name");
    }

    private static void MakeRaw(int slave)
    {
        var termios = new byte[TermiosBytes];
        Libc.Check(Libc.GetAttributes(slave, termios), "tcgetattr");
        Libc.MakeRaw(termios);
        Libc.Check(Libc.SetAttributes(slave, 0, termios), "tcsetattr");
    }

    private short Poll(int timeoutMilliseconds)
    {
        var descriptor = new Libc.PollDescriptor { Descriptor = _master, Events = Libc.PollIn };
        return Libc.Poll(ref descriptor, 1, timeoutMilliseconds) > 0 ? descriptor.Revents : (short)0;
    }

    private void OnHostsEnd(Action<int> act)
    {
        var slave = Libc.Check(Libc.Open(Path, Libc.ReadWrite | Libc.NoControllingTty | Libc.CloseOnExec | Libc.NonBlocking), Path);
        try
        {
            act(slave);
        }
        finally
        {
            _ = Libc.Close(slave);
        }
    }
}
