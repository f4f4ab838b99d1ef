namespace IoTHealth.Edge.Management.Checks;

/// <summary>
/// Whether a folder lies on an encrypted device, as the kernel tells: the folder's mount in <c>/proc/self/mountinfo</c> (proc(5)), its device
/// under <c>/sys/dev/block</c>, and of a device-mapper device its uuid, which begins with <c>CRYPT-</c> for dm-crypt, or one below it.
/// </summary>
/// <param name="mountInfo">The kernel's list of mounts.</param>
/// <param name="blocks">The kernel's block devices by number.</param>
internal sealed class EncryptedDisk(string mountInfo = "/proc/self/mountinfo", string blocks = "/sys/dev/block")
{
    private const int DeepestStack = 8;

    /// <returns>Null where the kernel does not tell, as for a file system without a device of its own.</returns>
    public bool? Holds(string folder)
    {
        if (!File.Exists(mountInfo))
        {
            return null;
        }

        // Fields: id, parent, major:minor, root, mount point; blanks are written as \040. The last of several on one point is on top.
        var mount = File.ReadLines(mountInfo).Select(line => line.Split(' ')).Where(fields => fields.Length > 4 && IsWithin(folder, Unescape(fields[4])))
            .OrderBy(fields => Unescape(fields[4]).TrimEnd('/').Length).LastOrDefault();
        var device = mount is null ? null : Path.Combine(blocks, mount[2]);
        return device is null || !Directory.Exists(device) ? null : IsEncrypted(device, DeepestStack);
    }

    // A partition of a mapped device or a volume on one: what lies below counts, all of it.
    private static bool IsEncrypted(string device, int depth)
    {
        var uuid = Path.Combine(device, "dm", "uuid");
        if (File.Exists(uuid) && File.ReadAllText(uuid).StartsWith("CRYPT-", StringComparison.Ordinal))
        {
            return true;
        }

        var below = Path.Combine(device, "slaves");
        var devices = Directory.Exists(below) ? Directory.GetDirectories(below) : [];
        return depth > 0 && devices.Length > 0 && devices.All(one => IsEncrypted(one, depth - 1));
    }

    private static bool IsWithin(string folder, string mountPoint) =>
        mountPoint == "/" || folder == mountPoint || folder.StartsWith(mountPoint.TrimEnd('/') + "/", StringComparison.Ordinal);

    private static string Unescape(string text) => text.Replace("\\040", " ", StringComparison.Ordinal);
}
