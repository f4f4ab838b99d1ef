namespace IoTHealth.VirtualMachine.Tests;

/// <summary>Where the built programs lie: beside this one, <c>artifacts/bin/Project/configuration/Project</c>.</summary>
internal static class BuiltPrograms
{
    private static readonly DirectoryInfo Here = new(AppContext.BaseDirectory.TrimEnd('/'));

    /// <summary>The folder of all, <c>/app</c> of the guest.</summary>
    public static string Folder => Here.Parent!.Parent!.FullName;

    public static string OnHost(string project) => Path.Combine(Folder, project, Here.Name, project);

    public static string InGuest(string project) => $"/app/{project}/{Here.Name}/{project}";
}
