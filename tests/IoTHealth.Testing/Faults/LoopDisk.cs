using System.Globalization;

namespace IoTHealth.Testing.Faults;

/// <summary>
/// A small disk of one's own: ext4 in an image file, mounted on a folder. Its power can be cut, and it can turn read-only as a
/// failing disk does. Needs root and loop devices.
/// </summary>
public sealed class LoopDisk : IAsyncDisposable
{
    private readonly string imageName;
    private string image;
    private int copies;

    private LoopDisk(string image, string folder) => (imageName, this.image, Folder) = (image, image, folder);

    /// <summary>Where it is mounted; what lies there is gone from sight while it is.</summary>
    public string Folder { get; }

    /// <param name="image">The file to make; sparse, so that it takes little more than what is written to it.</param>
    /// <param name="folder">Made where it is not there.</param>
    /// <param name="megabytes">Size, with the file system's own 4 to 10 MB.</param>
    public static async Task<LoopDisk> MountAsync(string image, string folder, int megabytes)
    {
        _ = MachineCommand.RequireAsRoot("mount");
        await MakeAsync(image, megabytes);
        Directory.CreateDirectory(folder);
        var disk = new LoopDisk(image, folder);
        await MachineCommand.RequireAsync("mount", "-o", "loop", image, folder);
        return disk;
    }

    /// <summary>
    /// Cuts its power: from this moment on nothing reaches the image, and whatever was not flushed is gone. Every call of a
    /// program that still runs on it fails. Kill that program, then <see cref="PowerUpAsync"/>.
    /// </summary>
    public void CutPower() => Ext4.Shutdown(Folder);

    /// <summary>Mounts a copy of the image as it was at the cut; ext4 recovers as after any power cut.</summary>
    public async Task PowerUpAsync()
    {
        // Copied while it is still mounted: unmounting must not add what the cut had stopped.
        var copy = string.Create(CultureInfo.InvariantCulture, $"{imageName}.{++copies}");
        await MachineCommand.RunAsync("cp", "--sparse=always", image, copy);
        await MountAgainAsync(copy);
        File.Delete(image);
        image = copy;
    }

    /// <summary>Turns it read-only under the programs that write to it, as ext4 does when it finds its disk failing.</summary>
    public Task TurnReadOnlyAsync() => MachineCommand.RunAsync("mount", "-o", "remount,abort", Folder);

    /// <summary>Mounts it anew, writable; no program may be running on it.</summary>
    public Task MountAgainAsync() => MountAgainAsync(image);

    public async ValueTask DisposeAsync()
    {
        await UnmountAsync();
        File.Delete(image);
    }

    private static async Task MakeAsync(string image, int megabytes)
    {
        await using (var file = File.Create(image))
        {
            file.SetLength(megabytes * 1024L * 1024);
        }

        // No blocks kept back for root: the programs under test are root here.
        await MachineCommand.RequireAsync("mkfs.ext4", "-q", "-m", "0", "-E", "nodiscard", image);
    }

    private async Task MountAgainAsync(string from)
    {
        await UnmountAsync();
        await MachineCommand.RunAsync("mount", "-o", "loop", from, Folder);
    }

    // Lazily: a reader that is just looking must not hold up the test.
    private Task UnmountAsync() => MachineCommand.RunAsync("umount", "--lazy", Folder);
}
