namespace IoTHealth.Testing.VirtualMachine;

/// <summary>
/// What a guest boots from: Debian's kernel and an initial file system with busybox, D-Bus, BlueZ and the libraries .NET needs.
/// Built from this machine's packages, kept in <c>$XDG_CACHE_HOME/iothealth</c> (<c>~/.cache/iothealth</c>).
/// </summary>
/// <param name="Kernel">Path of the kernel.</param>
/// <param name="FileSystem">Path of the initramfs.</param>
public sealed record GuestImage(string Kernel, string FileSystem)
{
    private const int MissingExitCode = 3;
    private static readonly string[] Scripts = ["build-guest.sh", "guest-init.sh", "load-modules.sh", "start-bluetooth.sh", "start-bluetoothd.sh", "stop-bluetoothd.sh"];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>The image of this machine's packages; built, and its kernel fetched, where it is not in the cache.</summary>
    /// <exception cref="InvalidOperationException">It cannot be built; where a package is missing the test is skipped.</exception>
    public static async Task<GuestImage> PrepareAsync()
    {
        var cache = Cache();
        if (!Directory.Exists(cache) || Directory.GetDirectories(cache, "guest-*").Length == 0)
        {
            await Console.Error.WriteLineAsync($"The first virtual machine: fetching Debian's kernel (about 70 MB) into {cache}");
        }

        using var scripts = new TestFolder("iothealth-guest");
        foreach (var name in Scripts)
        {
            await using var resource = typeof(GuestImage).Assembly.GetManifestResourceStream(name)!;
            await using var file = File.Create(scripts.File(name));
            await resource.CopyToAsync(file);
        }

        var built = await CommandRun.OfAsync(Require.Program("bash"), [scripts.File(Scripts[0]), cache, scripts.Path], Patience);
        return built.ExitCode switch
        {
            0 => new GuestImage(Path.Combine(built.Output.Trim(), "vmlinuz"), Path.Combine(built.Output.Trim(), "guest.cpio")),
            MissingExitCode => throw Require.Missing($"no guest for the virtual machine: {built.Errors.Trim()}"),
            _ => throw new InvalidOperationException($"build-guest.sh ended with exit code {built.ExitCode}: {built.Errors}"),
        };
    }

    private static string Cache()
    {
        var set = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return Path.Combine(string.IsNullOrEmpty(set) ? Path.Combine(home, ".cache") : set, "iothealth");
    }
}
