using IoTHealth.Demo.Running;

namespace IoTHealth.EndToEnd.Tests.Architecture;

public sealed class ReadmeTests
{
    private static readonly string[] NotRooms = ["artifacts", "bin", "obj", "TestResults"];

    public static TheoryData<string> Rooms =>
    [
        .. Directory.EnumerateDirectories(ProgramFiles.Repository)
            .Select(path => Path.GetFileName(path))
            .Where(name => !name.StartsWith('.') && !NotRooms.Contains(name)),
    ];

    [Theory]
    [MemberData(nameof(Rooms))]
    public void Every_room_has_a_readme(string room) =>
        Assert.True(File.Exists(Path.Combine(ProgramFiles.Repository, room, "README.md")), $"{room}/README.md is missing");

    [Fact]
    public void The_house_has_a_readme() => Assert.True(File.Exists(Path.Combine(ProgramFiles.Repository, "README.md")));
}
