using System.Text;
using System.Text.Json.Nodes;
using IoTHealth.Devices.Codecs.Hl7v2;

namespace IoTHealth.Benchmarks.Devices;

/// <summary>An IDCO report of 200 OBX, from its bytes to observations, against splitting its text on CR, | and ^.</summary>
internal static class ReportFigure
{
    private const double Limit = 3;
    private const int Observations = 200;

    public static Figure Measure(TimeProvider time)
    {
        var text = Report();
        var bytes = Encoding.UTF8.GetBytes(text);
        return Interleaved.Measure($"IDCO report of {Observations} OBX", Limit, () => Sink.Keep(Read(bytes)), () => Sink.Keep(Split(text)), 1, time);
    }

    private static IdcoReport? Read(byte[] bytes) =>
        Hl7Message.TryRead(bytes, out var message, out _) && IdcoReport.TryRead(message, out var report, out _) &&
        report.Observations.Count == Observations ? report : null;

    private static string[][][] Split(string text)
    {
        var segments = text.Split('\r');
        var split = new string[segments.Length][][];
        for (var i = 0; i < segments.Length; i++)
        {
            var fields = segments[i].Split('|');
            split[i] = new string[fields.Length][];
            for (var f = 0; f < fields.Length; f++)
            {
                split[i][f] = fields[f].Split('^');
            }
        }

        return split;
    }

    // The OBX of a published report, over and over.
    private static string Report()
    {
        using var vectors = new StreamReader(typeof(ReportFigure).Assembly.GetManifestResourceStream("hl7.jsonl")!);
        var segments = ((string)JsonNode.Parse(vectors.ReadLine()!)!["input_text"]!).Split('\r', StringSplitOptions.RemoveEmptyEntries);
        var head = segments.TakeWhile(segment => !IsObservation(segment));
        var observations = segments.Where(IsObservation).Where(segment => !segment.Contains("|ED|", StringComparison.Ordinal)).ToList();
        return string.Join('\r', head.Concat(Enumerable.Range(0, Observations).Select(n => observations[n % observations.Count]))) + "\r";
    }

    private static bool IsObservation(string segment) => segment.StartsWith("OBX|", StringComparison.Ordinal);
}
