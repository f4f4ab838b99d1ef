namespace IoTHealth.Testing;

/// <summary>Programs of the machine that a test needs.</summary>
public static class Require
{
    // xUnit v3 counts a test that throws a message with this beginning as skipped; so the harness needs no xUnit.
    private const string SkipToken = "$XunitDynamicSkip$";

    private static readonly string[] SystemFolders = ["/usr/sbin", "/usr/local/sbin", "/sbin", "/usr/bin", "/bin"];

    /// <summary>The path of a program; a test without it is skipped, and says so loudly.</summary>
    public static string Program(string name) => Find(name) ?? throw Missing(name);

    /// <summary>The path of a program, or null.</summary>
    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Concat(SystemFolders)
            .Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);

    private static InvalidOperationException Missing(string name)
    {
        var message = $"{name} is not installed; this test did not run. ./test.sh installs what the tests need.";
        Console.Error.WriteLine("SKIPPED: " + message);
        return new InvalidOperationException(SkipToken + message);
    }
}
