using System.Diagnostics;

namespace IoTHealth.Demo;

/// <summary>Installs a Debian package the demo needs, where this user may.</summary>
internal static class DebianPackage
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <returns>Whether it is installed now.</returns>
    public static bool Install(string package)
    {
        Console.WriteLine($"installing {package} …");
        return Run("apt-get", "update", "-q") && Run("apt-get", "install", "-y", "-q", "--no-install-recommends", package);
    }

    private static bool Run(params string[] command)
    {
        var asRoot = Environment.IsPrivilegedProcess ? command : ["sudo", "-n", .. command];
        try
        {
            using var process = Process.Start(new ProcessStartInfo(asRoot[0], asRoot[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.OutputDataReceived += (_, _) => { };
            process.ErrorDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            return process.WaitForExit(Patience) && process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // No apt-get, or no sudo.
            return false;
        }
    }
}
