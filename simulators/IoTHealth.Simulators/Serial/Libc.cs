using System.Runtime.InteropServices;

namespace IoTHealth.Simulators.Serial;

/// <summary>The few calls of the C library that a pseudo-terminal needs. Linux.</summary>
internal static partial class Libc
{
    public const int ReadWrite = 0x2;
    public const int NoControllingTty = 0x100;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;
    public const short PollIn = 0x1;
    public const short PollHangUp = 0x10;
    public const int FlushBoth = 2;

    private const int Interrupted = 4;
    private const int InputOutput = 5;
    private const int TryAgain = 11;

    [StructLayout(LayoutKind.Sequential)]
    public struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Revents;
    }

    /// <summary>The result, or an exception with the system's words where it is an error.</summary>
    public static int Check(int result, string call) => result >= 0
        ? result
        : throw new IOException($"{call}: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    /// <summary>Reads what is there.</summary>
    /// <returns>The number of bytes; 0 when there is nothing, or nobody at the other end.</returns>
    public static unsafe int Read(int descriptor, Span<byte> buffer)
    {
        fixed (byte* first = buffer)
        {
            return Passing((int)ReadBytes(descriptor, first, buffer.Length), "read");
        }
    }

    /// <summary>Writes what there is room for.</summary>
    /// <returns>The number of bytes; 0 when there is no room, or nobody at the other end.</returns>
    public static unsafe int Write(int descriptor, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            return Passing((int)WriteBytes(descriptor, first, bytes.Length), "write");
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_openpt", SetLastError = true)]
    public static partial int OpenMaster(int flags);

    [LibraryImport("libc", EntryPoint = "grantpt", SetLastError = true)]
    public static partial int GrantSlave(int master);

    [LibraryImport("libc", EntryPoint = "unlockpt", SetLastError = true)]
    public static partial int UnlockSlave(int master);

    [LibraryImport("libc", EntryPoint = "ptsname_r")]
    public static partial int NameOfSlave(int master, [Out] byte[] name, nint length);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(ref PollDescriptor descriptor, nuint count, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    public static partial int GetAttributes(int descriptor, [Out] byte[] termios);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    public static partial int SetAttributes(int descriptor, int actions, [In] byte[] termios);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    public static partial void MakeRaw([In, Out] byte[] termios);

    [LibraryImport("libc", EntryPoint = "tcflush", SetLastError = true)]
    public static partial int Flush(int descriptor, int which);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static unsafe partial nint ReadBytes(int descriptor, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static unsafe partial nint WriteBytes(int descriptor, byte* bytes, nint count);

    private static int Passing(int result, string call) =>
        result < 0 && Marshal.GetLastPInvokeError() is (Interrupted or InputOutput or TryAgain) ? 0 : Check(result, call);
}
