using System.Runtime.InteropServices;

namespace IoTHealth.Edge.Journal;

/// <summary>Makes a rename durable: .NET cannot open a folder, and without this a power cut may take the name back.</summary>
internal static partial class FolderSync
{
    private const int ReadOnlyClosedOnExec = 0x80000;

    /// <exception cref="IOException">The disk refused it.</exception>
    public static void Flush(string folder)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var handle = Open(folder, ReadOnlyClosedOnExec);
        if (handle < 0)
        {
            throw new IOException($"{folder}: cannot be opened ({Marshal.GetLastPInvokeErrorMessage()})");
        }

        try
        {
            if (Sync(handle) != 0)
            {
                throw new IOException($"{folder}: cannot be made durable ({Marshal.GetLastPInvokeErrorMessage()})");
            }
        }
        finally
        {
            _ = Close(handle);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int handle);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int handle);
}
