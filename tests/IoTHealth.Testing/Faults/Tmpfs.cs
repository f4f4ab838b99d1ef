using System.Globalization;

namespace IoTHealth.Testing.Faults;

/// <summary>A file system in memory, mounted on a folder; small, so that it can be filled. Needs root.</summary>
public sealed class Tmpfs : IAsyncDisposable
{
    private Tmpfs(string folder) => Folder = folder;

    public string Folder { get; }

    public static async Task<Tmpfs> MountAsync(string folder, int megabytes)
    {
        Directory.CreateDirectory(folder);
        await MachineCommand.RequireAsync(
            "mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m,mode=0700"), "tmpfs", folder);
        return new Tmpfs(folder);
    }

    public async ValueTask DisposeAsync() => await MachineCommand.RunAsync("umount", "--lazy", Folder);
}
