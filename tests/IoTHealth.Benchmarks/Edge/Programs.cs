namespace IoTHealth.Benchmarks.Edge;

/// <summary>The built programs of the same configuration as this one.</summary>
internal static class Programs
{
    public static string Edge => Of("IoTHealth.Edge");

    /// <summary>This program, to be started once more for a load or a yardstick.</summary>
    public static string Benchmarks => Path.Combine(AppContext.BaseDirectory, "IoTHealth.Benchmarks");

    private static string Of(string name)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        return Path.Combine(here.Parent!.Parent!.FullName, name, here.Name, name);
    }
}
