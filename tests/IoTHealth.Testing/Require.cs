namespace IoTHealth.Testing;

/// <summary>Programs of the machine that a test needs.</summary>
public static class Require
{
    // xUnit v3 counts a test that throws a message with this beginning as skipped; so the harness needs no xUnit.
    private const string SkipToken = "$XunitDynamicSkip$";

    private static readonly string[] SystemFolders = ["/usr/sbin", "/usr/local/sbin", "/sbin", "/usr/bin", "/bin"];

    /// <summary>The path of a program; a test without it is skipped, and says so loudly.</summary>
    public static string Program(string name) => Find(name)
        ?? throw Missing($"{name} is not installed; this test did not run. ./test.sh installs what the tests need.");

    /// <summary>The path of a program, or null.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Concat(SystemFolders)
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    /// <summary>What to throw where the machine lacks something: the test is skipped, and says loudly why.</summary>
    public static InvalidOperationException Missing(string reason)
    {
        Console.Error.WriteLine("SKIPPED: " + reason);
        return new InvalidOperationException(SkipToken + reason);
    }
}
