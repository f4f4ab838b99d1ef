namespace IoTHealth.EndToEnd.Tests.Architecture;

/// <summary>Holds the house's doors where ARCHITECTURE put them: who may know whom.</summary>
public sealed class ProjectGraphTests
{
    private const string Measurements = "IoTHealth.Measurements";
    private const string Documents = "IoTHealth.Documents";
    private const string Links = "IoTHealth.Links";
    private const string Devices = "IoTHealth.Devices";
    private const string Alarms = "IoTHealth.Alarms";
    private const string Records = "IoTHealth.Records";
    private const string Testing = "IoTHealth.Testing";

    /// <summary>All that a project may reference, besides what those reference in turn.</summary>
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        [Measurements] = [],
        [Documents] = [],
        [Links] = [],
        [Devices] = [Measurements, Links, Documents],
        [Alarms] = [Measurements, Documents],
        ["IoTHealth.Edge"] = [Devices, Alarms, Documents],
        [Records] = [Measurements],
        ["IoTHealth.Cloud"] = [Records, Alarms, Links, Documents],
        ["IoTHealth.Simulators"] = [Links],
        ["Demo"] = [Testing],
        [Testing] = [],
        ["IoTHealth.Devices.Tests"] = [Devices, Alarms, Testing, "IoTHealth.VectorRunner", "IoTHealth.Fuzz"],
        ["IoTHealth.Edge.Tests"] = ["IoTHealth.Edge", "IoTHealth.Hostile", Testing],
        ["IoTHealth.Cloud.Tests"] = ["IoTHealth.Cloud", Testing],
        ["IoTHealth.Simulators.Tests"] = ["IoTHealth.Simulators", Testing],
        ["IoTHealth.EndToEnd.Tests"] = ["Demo", Testing, "IoTHealth.Soak"],
        ["IoTHealth.FaultyEdge"] = ["IoTHealth.Edge"],
        ["IoTHealth.VectorRunner"] = [Devices],
        ["IoTHealth.Fuzz"] = [Devices, "IoTHealth.VectorRunner"],
        ["IoTHealth.Soak"] = ["Demo", Testing],
        ["IoTHealth.Hostile"] = [Devices, Testing],
        ["IoTHealth.Benchmarks"] = [Devices, "IoTHealth.Edge", Testing],
        ["IoTHealth.RoundTrip.Tests"] = [Devices, "IoTHealth.Simulators"],
        ["IoTHealth.Guest"] = [Links],
        ["IoTHealth.VirtualMachine.Tests"] = ["IoTHealth.Edge", Testing],
    };

    public static TheoryData<string> Projects => [.. ProjectFile.All.Select(project => project.Name)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_references_only_what_it_may_know(string name)
    {
        Assert.True(Allowed.ContainsKey(name), $"{name} is new: give it a line in this table and a room in ARCHITECTURE");
        var project = ProjectFile.All.Single(one => one.Name == name);
        Assert.Empty(project.Linked.Except(Allowed[name]));
    }

    [Fact]
    public void Only_the_demo_and_the_tests_start_programs()
    {
        Assert.All(
            ProjectFile.All.Where(project => project.Started.Count > 0),
            project => Assert.Contains(project.Room, new[] { "deploy", "tests" }));
    }

    [Fact]
    public void The_product_s_longest_chain_of_references_is_three()
    {
        var product = ProjectFile.All.Where(project => project.Room is "devices" or "edge" or "cloud").ToDictionary(project => project.Name);
        Assert.All(product.Keys, name => Assert.InRange(Depth(name), 0, 3));

        int Depth(string name) => product[name].Linked.Select(known => 1 + Depth(known)).DefaultIfEmpty(0).Max();
    }

    [Fact]
    public void Simulators_know_nothing_of_the_product_but_its_links()
    {
        var simulators = ProjectFile.All.Single(project => project.Room == "simulators");
        Assert.Empty(simulators.Linked.Concat(simulators.Started).Except([Links]));
    }
}
