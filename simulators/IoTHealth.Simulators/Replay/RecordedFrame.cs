using System.Text;
using System.Text.Json;
using IoTHealth.Simulators.CommandLine;
using IoTHealth.Simulators.Lines;

namespace IoTHealth.Simulators.Replay;

/// <summary>One recorded publish.</summary>
/// <param name="Line">Its line in the recording.</param>
/// <param name="At">Time since the recording began.</param>
internal sealed record RecordedFrame(long Line, string Device, string Topic, TimeSpan At, byte[] Payload)
{
    /// <summary>Reads a recording and checks that every device in it is known.</summary>
    public static IReadOnlyList<RecordedFrame> ReadAll(string path, IReadOnlySet<string> devices)
    {
        ReadableFile.Read(path, p => new FileInfo(p).Length);
        RecordedFrame[] frames = [.. LineReader.Read(path).Select(line => Json.Parse(path, line, frame => Read(line.Number, frame)))];
        var stranger = Array.Find(frames, frame => !devices.Contains(frame.Device));
        return stranger is null
            ? frames
            : throw new UsageException($"{path}, line {stranger.Line}: device '{stranger.Device}' is not among --devices");
    }

    private static RecordedFrame Read(long line, JsonElement frame) => new(
        line,
        frame.GetProperty("device").GetString()!,
        frame.GetProperty("topic").GetString()!,
        TimeSpan.FromMilliseconds(frame.GetProperty("at_ms").GetDouble()),
        frame.TryGetProperty("payload_hex", out var hex)
            ? Convert.FromHexString(hex.GetString()!)
            : Encoding.UTF8.GetBytes(frame.GetProperty("payload_text").GetString()!));
}
