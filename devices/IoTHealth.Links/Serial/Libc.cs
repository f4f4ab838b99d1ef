using System.Runtime.InteropServices;

namespace IoTHealth.Links.Serial;

/// <summary>The few calls of the C library that a serial line needs. Linux.</summary>
internal static partial class Libc
{
    public const int ReadWrite = 0x2;
    public const int NoControllingTty = 0x100;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;
    public const short PollIn = 0x1;
    public const short PollOut = 0x4;
    public const short PollError = 0x8;
    public const short PollHangUp = 0x10;
    public const short PollInvalid = 0x20;
    public const nuint ExclusiveUse = 0x540C;
    public const nuint SharedUse = 0x540D;

    private const int TryAgain = 11;
    private const int Interrupted = 4;

    [StructLayout(LayoutKind.Sequential)]
    public struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Revents;
    }

    /// <summary>The last call's error with the system's words.</summary>
    public static IOException Error(string path)
    {
        var number = Marshal.GetLastPInvokeError();
        return new IOException($"{path}: {Marshal.GetPInvokeErrorMessage(number)} (errno {number})");
    }

    /// <summary>Whether the last call's error only means 'not now'.</summary>
    public static bool IsPassing() => Marshal.GetLastPInvokeError() is TryAgain or Interrupted;

    public static void Wake(int eventDescriptor) => _ = Write(eventDescriptor, BitConverter.GetBytes(1L));

    public static nint Write(int descriptor, ReadOnlySpan<byte> bytes)
    {
        unsafe
        {
            fixed (byte* first = bytes)
            {
                return WriteBytes(descriptor, first, bytes.Length);
            }
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Ioctl(int descriptor, nuint request, int argument);

    [LibraryImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    public static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int descriptor, [Out] byte[] buffer, nint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll([In, Out] PollDescriptor[] descriptors, nuint count, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "tcgetattr", SetLastError = true)]
    public static partial int GetAttributes(int descriptor, [Out] byte[] termios);

    [LibraryImport("libc", EntryPoint = "tcsetattr", SetLastError = true)]
    public static partial int SetAttributes(int descriptor, int actions, [In] byte[] termios);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    public static partial void MakeRaw([In, Out] byte[] termios);

    [LibraryImport("libc", EntryPoint = "cfsetspeed", SetLastError = true)]
    public static partial int SetSpeed([In, Out] byte[] termios, uint speed);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static unsafe partial nint WriteBytes(int descriptor, byte* bytes, nint count);
}
