using IoTHealth.Testing;

namespace IoTHealth.VirtualMachine.Tests;

/// <summary>With IOTHEALTH_KEEP set, a machine's folder stays, with its console, logs and shared files.</summary>
internal static class KeptFolder
{
    public static void DisposeUnlessKept(this TestFolder folder)
    {
        if (Environment.GetEnvironmentVariable("IOTHEALTH_KEEP") is null)
        {
            folder.Dispose();
        }
        else
        {
            Console.WriteLine($"kept: {folder.Path}");
        }
    }
}
