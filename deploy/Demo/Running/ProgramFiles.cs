namespace IoTHealth.Demo.Running;

/// <summary>Where the built programs lie: <c>artifacts/bin/Project/configuration/Project</c> under the repository's root.</summary>
public static class ProgramFiles
{
#if DEBUG
    private const string Configuration = "debug";
#else
    private const string Configuration = "release";
#endif

    /// <summary>The root of the repository this program was built in.</summary>
    /// <exception cref="DirectoryNotFoundException">It was moved out of the repository.</exception>
    public static string Repository { get; } = FindRepository();

    /// <summary>The path of a built program.</summary>
    /// <exception cref="FileNotFoundException">It is not built; the message says how to.</exception>
    public static string Find(string project)
    {
        var path = Path.Combine(Repository, "artifacts", "bin", project, Configuration, project);
        return File.Exists(path)
            ? path
            : throw new FileNotFoundException($"{path} is not built; run: dotnet build IoTHealth.sln -c {Configuration}");
    }

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "IoTHealth.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"No IoTHealth.sln above {AppContext.BaseDirectory}: start the demo from the repository");
    }
}
