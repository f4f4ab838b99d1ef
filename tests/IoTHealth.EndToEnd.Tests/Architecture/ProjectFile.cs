using System.Xml.Linq;
using IoTHealth.Demo.Running;

namespace IoTHealth.EndToEnd.Tests.Architecture;

/// <summary>
/// A csproj of the repository, its top-level folder, and the projects of ours it references: linked, or only built, to be
/// started as processes.
/// </summary>
internal sealed record ProjectFile(string Name, string Room, IReadOnlyList<string> Linked, IReadOnlyList<string> Started)
{
    public static IReadOnlyList<ProjectFile> All { get; } =
    [
        .. RepositoryFiles.Find("*.csproj").Select(Read),
    ];

    private static ProjectFile Read(string path)
    {
        var references = XDocument.Load(path).Descendants("ProjectReference").ToLookup(
            IsStarted, reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));
        var room = Path.GetRelativePath(ProgramFiles.Repository, path).Split('/')[0];
        return new ProjectFile(Path.GetFileNameWithoutExtension(path), room, [.. references[false]], [.. references[true]]);
    }

    private static bool IsStarted(XElement reference) => (string?)reference.Attribute("ReferenceOutputAssembly") == "false";
}
