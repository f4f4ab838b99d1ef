using System.Globalization;
using IoTHealth.Simulators.Lines;

namespace IoTHealth.Simulators.WatchOverRobot;

/// <summary>Where a device's life stands, read from what it has sent so far: this is how its sequence survives restarts.</summary>
internal readonly record struct SentPosition(long NextSequence, long LastMilliseconds)
{
    public static readonly SentPosition Birth = new(1, 0);

    public static SentPosition Read(string path) =>
        File.Exists(path)
            ? LineReader.Read(path).Aggregate(Birth, (position, line) => Json.Parse(path, line, seen => position.After(
                seen.GetProperty("seq").GetInt64(),
                seen.TryGetProperty("ts", out var ts) ? Milliseconds(ts.GetString()!) : 0)))
            : Birth;

    private SentPosition After(long sequence, long milliseconds) =>
        new(Math.Max(NextSequence, sequence + 1), Math.Max(LastMilliseconds, milliseconds));

    private static long Milliseconds(string timestamp) =>
        DateTimeOffset.Parse(timestamp, CultureInfo.InvariantCulture, DateTimeStyles.None).ToUnixTimeMilliseconds();
}
