namespace IoTHealth.Edge.Journal;

/// <summary>
/// How large the journal may be, and the reserve: a file that is given back when the disk is full, so that alarms can still be
/// written. It is made again once there is room.
/// </summary>
internal sealed class DiskSpace(JournalOptions options)
{
    private const long Mebibyte = 1L << 20;
    private const double LeftFree = 0.1;

    private readonly string _reserve = Path.Combine(options.Folder, "journal.reserve");

    /// <summary>Whether the disk is full: only alarms, acknowledgements and gaps are written, from the reserve.</summary>
    public bool IsFull { get; private set; }

    /// <summary>Bytes the journal's file may have: what is configured, and never so much that less than a tenth of the disk stays free.</summary>
    public long Bound(long fileBytes)
    {
        var most = options.MaximumMegabytes * Mebibyte;
        var drive = Drive();
        var leaves = fileBytes + drive.AvailableFreeSpace - (long)(drive.TotalSize * LeftFree);
        return Math.Max(Math.Min(most, leaves), Math.Min(most, 64 * Mebibyte));
    }

    /// <summary>Makes the reserve where it is missing and there is room for it.</summary>
    public void Restore()
    {
        try
        {
            var drive = Drive();
            var bytes = Math.Min(options.ReserveMegabytes * Mebibyte, drive.TotalSize / 10);
            var there = File.Exists(_reserve) ? new FileInfo(_reserve).Length : 0;
            if (there < bytes && drive.AvailableFreeSpace > bytes + bytes / 4)
            {
                Make(bytes);
                there = bytes;
            }

            IsFull = IsFull && there < bytes;
        }
        catch (IOException)
        {
            // Still no room.
        }
    }

    /// <summary>Gives the reserve back because a write found the disk full.</summary>
    /// <returns>False when there was none: nothing more can be written.</returns>
    public bool Release()
    {
        IsFull = true;
        if (!File.Exists(_reserve))
        {
            return false;
        }

        try
        {
            File.Delete(_reserve);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    // A tmpfs or a card: what is not written is not held.
    private void Make(long bytes)
    {
        File.Delete(_reserve);
        var file = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, PreallocationSize = bytes };
        if (!OperatingSystem.IsWindows())
        {
            file.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var stream = new FileStream(_reserve, file);
        stream.SetLength(bytes);
    }

    private DriveInfo Drive() => new(options.Folder);
}
