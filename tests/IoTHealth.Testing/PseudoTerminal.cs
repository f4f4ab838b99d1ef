using System.Runtime.InteropServices;
using System.Text;

namespace IoTHealth.Testing;

/// <summary>
/// A pseudo-terminal: the test holds the master, the program under test opens <see cref="Path"/>. Pulling the cable is
/// <see cref="Dispose"/>.
/// </summary>
public sealed partial class PseudoTerminal : IDisposable
{
    private const int ReadWrite = 0x2;
    private const int NoControllingTty = 0x100;
    private const int CloseOnExec = 0x80000;

    private readonly int master;
    private bool isClosed;

    public PseudoTerminal()
    {
        master = Check(OpenMaster(ReadWrite | NoControllingTty | CloseOnExec));
        Check(GrantSlave(master));
        Check(UnlockSlave(master));
        var termios = new byte[256];
        Check(GetAttributes(master, termios));
        MakeRaw(termios);
        Check(SetAttributes(master, 0, termios));
        var name = new byte[128];
        Check(SlaveName(master, name, name.Length));
        Path = Encoding.UTF8.GetString(name).TrimEnd('\0');
    }

    /// <summary>Device file of the other end.</summary>
    public string Path { get; }

    public void Write(ReadOnlySpan<byte> bytes) => Check((int)Write(master, bytes.ToArray(), bytes.Length));

    /// <summary>Reads what is there, waiting for the first byte.</summary>
    public byte[] Read()
    {
        var buffer = new byte[4096];
        var count = Read(master, buffer, buffer.Length);
        return count > 0 ? buffer[..(int)count] : [];
    }

    public void Dispose()
    {
        if (!isClosed)
        {
            isClosed = true;
            _ = Close(master);
        }
    }

    private static int Check(int result) =>
        result >= 0 ? result : throw new IOException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError()));

    [LibraryImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    private static partial int OpenMaster(int flags);

    [LibraryImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    private static partial int GrantSlave(int descriptor);

    [LibraryImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    private static partial int UnlockSlave(int descriptor);

    [LibraryImport("libc", EntryPoint = "ptsname_r", SetLastError = true)]
    private static partial int SlaveName(int descriptor, [Out] byte[] name, nint length);

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    private static partial int GetAttributes(int descriptor, [Out] byte[] termios);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    private static partial int SetAttributes(int descriptor, int actions, [In] byte[] termios);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void MakeRaw([In, Out] byte[] termios);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint Read(int descriptor, [Out] byte[] buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(int descriptor, [In] byte[] buffer, nint count);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
