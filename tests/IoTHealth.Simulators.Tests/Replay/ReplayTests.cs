using System.Text.Json;
using IoTHealth.Simulators.Tests.Support;

namespace IoTHealth.Simulators.Tests.Replay;

public sealed class ReplayTests : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestAuthority _authority;
    private readonly Mosquitto _broker;

    public ReplayTests()
    {
        _authority = new TestAuthority(_folder.Path);
        _broker = new Mosquitto(_folder, _authority, "robot-01");
    }

    private static string Sample => Path.Combine(AppContext.BaseDirectory, "Replay", "night-sample.jsonl");

    [Fact]
    public async Task The_sample_night_is_published_frame_by_frame()
    {
        await _broker.StartAsync();
        var (code, output, error) = await ReplayAsync(Sample);
        Assert.True(code == 0, error);
        Assert.Matches(@"robot-01\s+60\s+0", output);
        var lines = File.ReadLines(_folder["out/replay.jsonl"]).Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(Enumerable.Range(1, 60), lines.Select(line => line.GetProperty("line").GetInt32()));
        Assert.All(lines, line => Assert.Equal("acked", line.GetProperty("event").GetString()));
    }

    [Fact]
    public async Task Frames_nobody_takes_are_refused()
    {
        var frames = _folder.Write("two.jsonl", string.Concat(File.ReadLines(Sample).Take(2).Select(line => line + "\n")));
        var (code, output, _) = await ReplayAsync(frames);
        Assert.Equal(1, code);
        Assert.Matches(@"robot-01\s+0\s+2", output);
    }

    [Theory]
    [InlineData("""{"device":"robot-01","topic":"t","at_ms":0}""", "line 1")]
    [InlineData("""{"device":"robot-09","topic":"t","at_ms":0,"payload_text":""}""", "robot-09")]
    [InlineData("""{"device":"robot-01","topic":"t","at_ms":0,"payload_hex":"0"}""", "line 1")]
    public async Task A_recording_that_cannot_be_read_is_refused(string line, string said)
    {
        var (code, _, error) = await ReplayAsync(_folder.Write("bad.jsonl", line + "\n"));
        Assert.Equal(2, code);
        Assert.Contains(said, error, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _broker.DisposeAsync();
        _folder.Dispose();
    }

    private Task<(int Code, string Output, string Error)> ReplayAsync(string file)
    {
        _folder.Write("1.secret", "secret of robot-01");
        var devices = _folder.Write("devices.json", """[{"key":"robot-01","serial":"R-0001","passwordFile":"1.secret"}]""");
        return RunningCommand.RunAsync(
            "replay", "--file", file, "--port", $"{_broker.Port}", "--ca", _authority.CaFile, "--devices", devices, "--speed", "1000", "--out", _folder["out"]);
    }
}
