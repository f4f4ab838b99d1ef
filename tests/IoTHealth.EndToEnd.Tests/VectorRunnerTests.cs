using IoTHealth.Demo.Running;
using IoTHealth.Testing;

namespace IoTHealth.EndToEnd.Tests;

public sealed class VectorRunnerTests
{
    private const string Right = """
        {"id":"right","protocol":"unit/convert","input_text":"{\"value\":6.5,\"from\":\"mmol/L\",\"to\":\"mg/dL\",\"places\":0}","expect":{"value":117.0}}
        """;

    private const string Wrong = """
        {"id":"wrong","protocol":"unit/convert","input_text":"{\"value\":6.5,\"from\":\"mmol/L\",\"to\":\"mg/dL\",\"places\":0}","expect":{"value":118}}
        """;

    private const string Refused = """
        {"id":"refused","protocol":"unit/convert","input_text":"{\"value\":1,\"from\":\"kPa\",\"to\":\"kg\"}","expect":{"valid":false}}
        """;

    private const string Unread = """
        {"id":"unread","protocol":"no/such","input_hex":"00","expect":{"value":1}}
        """;

    [Fact]
    public async Task Right_expectations_pass_and_unknown_protocols_are_no_failure()
    {
        var run = await RunAsync(Right, Refused, Unread);
        Assert.EndsWith("2 passed, 0 failed, 1 unsupported\n", run.Output, StringComparison.Ordinal);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task A_planted_wrong_expectation_fails()
    {
        var run = await RunAsync(Right, Wrong);
        Assert.Contains("wrong: fail: $.value: expected 118, got 117", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("1 passed, 1 failed, 0 unsupported\n", run.Output, StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("""{"id":"x","protocol":"unit/convert","expect":{}}""")]
    [InlineData("""{"id":"x","protocol":"unit/convert","input_hex":"0g","expect":{}}""")]
    [InlineData("""{"id":"x","id":"y","protocol":"unit/convert","input_hex":"00","expect":{}}""")]
    public async Task A_malformed_line_is_named_and_fails(string line)
    {
        var run = await RunAsync(Right, line);
        Assert.Contains("line 2: fail: not a vector:", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("1 passed, 1 failed, 0 unsupported\n", run.Output, StringComparison.Ordinal);
        Assert.Equal(1, run.ExitCode);
    }

    [Fact]
    public async Task A_file_without_vectors_proves_nothing()
    {
        var run = await RunAsync("", " ");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("nothing is proven", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_is_bad_usage()
    {
        var run = await CommandRun.OfAsync(ProgramFiles.Find("IoTHealth.VectorRunner"), ["/no/such/file"], TimeSpan.FromSeconds(20));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("/no/such/file", run.Errors, StringComparison.Ordinal);
    }

    private static async Task<CommandRun> RunAsync(params string[] lines)
    {
        using var folder = new TestFolder("vectors");
        await File.WriteAllLinesAsync(folder.File("vectors.jsonl"), lines.Select(line => line.Trim()), TestContext.Current.CancellationToken);
        return await CommandRun.OfAsync(ProgramFiles.Find("IoTHealth.VectorRunner"), [folder.File("vectors.jsonl")], TimeSpan.FromSeconds(20));
    }
}
