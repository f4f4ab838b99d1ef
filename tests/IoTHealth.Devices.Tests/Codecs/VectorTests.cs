using IoTHealth.VectorRunner;

namespace IoTHealth.Devices.Tests.Codecs;

/// <summary>Every vector of tests/vectors gives its expected values or refusal, and none is unsupported.</summary>
public sealed class VectorTests(ITestOutputHelper output)
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "vectors");

    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder, "*.jsonl").Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Vectors_pass(string file)
    {
        using var said = new StringWriter();
        var run = new VectorRun(said);
        run.Run(File.ReadLines(Path.Combine(Folder, file)));
        output.WriteLine(said.ToString());
        Assert.True(run.Total.Count > 0);
        Assert.EndsWith(", 0 failed, 0 unsupported", said.ToString().TrimEnd(), StringComparison.Ordinal);
    }
}
