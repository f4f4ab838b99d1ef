using System.Globalization;
using IoTHealth.Testing;

namespace IoTHealth.EndToEnd.Tests.Harness;

/// <summary>A reading as a device sent it or a receiver holds it: all that must agree.</summary>
internal readonly record struct Reading(string Device, string Kind, long InstantMilliseconds, string Value);

/// <summary>The acknowledged readings of the simulators' files.</summary>
internal static class SentReadings
{
    public static IReadOnlyList<Reading> Acknowledged(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*.sent.jsonl").SelectMany(AcknowledgedOf)];

    private static IEnumerable<Reading> AcknowledgedOf(string file)
    {
        var lines = JsonLines.Read(file);
        var acknowledged = lines.Where(line => (string?)line["event"] == "acked").Select(line => (long)line["seq"]!).ToHashSet();
        return from line in lines
               where (string?)line["event"] == "sent" && acknowledged.Contains((long)line["seq"]!)
               from reading in line["readings"]!.AsArray()
               select new Reading((string)line["device"]!, (string)reading!["kind"]!, Milliseconds((string)line["ts"]!), (string)reading["value"]!);
    }

    private static long Milliseconds(string timestamp) =>
        DateTimeOffset.Parse(timestamp, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();
}
