using IoTHealth.Testing;

namespace IoTHealth.Demo;

/// <summary>Installs a Debian package the demo needs, where this user may.</summary>
internal static class DebianPackage
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <returns>Whether it is installed now.</returns>
    public static async Task<bool> InstallAsync(string package)
    {
        Console.WriteLine($"installing {package} …");
        return await RunAsync("apt-get", "update", "-q") && await RunAsync("apt-get", "install", "-y", "-q", "--no-install-recommends", package);
    }

    private static async Task<bool> RunAsync(params string[] command)
    {
        var asRoot = Environment.IsPrivilegedProcess ? command : ["sudo", "-n", .. command];
        try
        {
            return (await CommandRun.OfAsync(asRoot[0], asRoot[1..], Patience)).ExitCode == 0;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or TimeoutException)
        {
            // No apt-get, no sudo, or no answer.
            return false;
        }
    }
}
