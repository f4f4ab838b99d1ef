using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace IoTHealth.Testing.Faults;

/// <summary>What ext4 offers for testing crashes.</summary>
internal static class Ext4
{
    // EXT4_IOC_SHUTDOWN = _IOR('X', 125, __u32), and EXT4_GOING_FLAGS_NOLOGFLUSH.
    private const nuint ShutdownRequest = 0x8004587D;
    private const uint WithoutFlush = 2;

    /// <summary>Stops the file system at once: neither data nor its journal is written any more.</summary>
    public static void Shutdown(string mountedOn)
    {
        using var folder = Open(mountedOn, flags: 0);
        if (folder.IsInvalid)
        {
            throw new IOException($"{mountedOn}: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        var how = WithoutFlush;
        if (Control(folder, ShutdownRequest, ref how) != 0)
        {
            throw new IOException($"{mountedOn}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern SafeFileHandle Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(SafeFileHandle file, nuint request, ref uint argument);
}
