using IoTHealth.Demo.Running;

namespace IoTHealth.EndToEnd.Tests.Architecture;

/// <summary>The repository's own files, without what was built.</summary>
internal static class RepositoryFiles
{
    private static readonly string[] Built = ["/artifacts/", "/bin/", "/obj/", "/.git/"];

    public static IEnumerable<string> Find(string pattern, string room = "") =>
        Directory.EnumerateFiles(Path.Combine(ProgramFiles.Repository, room), pattern, SearchOption.AllDirectories)
            .Where(path => !Built.Any(part => path.Contains(part, StringComparison.Ordinal)))
            .Order(StringComparer.Ordinal);
}
