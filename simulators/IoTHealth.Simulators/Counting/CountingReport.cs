using System.Runtime.InteropServices;

namespace IoTHealth.Simulators.Counting;

/// <summary>
/// Compares what was sent with what became Observations. A reading sent without acknowledgement may be there or not; one
/// acknowledged must be there once; nothing else may be there.
/// </summary>
public sealed class CountingReport
{
    private const int MostExamples = 20;
    private readonly Dictionary<(string Serial, string Kind), CountingRow> _rows = [];
    private readonly Dictionary<string, string> _deviceBySerial = new(StringComparer.Ordinal);
    private readonly List<string> _faults = [];
    private readonly List<string> _losses = [];

    private CountingReport()
    {
    }

    public IEnumerable<CountingRow> Rows => _rows.Values
        .OrderBy(row => row.Device, StringComparer.Ordinal).ThenBy(row => row.Serial, StringComparer.Ordinal).ThenBy(row => row.Kind, StringComparer.Ordinal);

    /// <summary>The first faults found, each with its reading; losses of detect-only devices where there is room.</summary>
    public IReadOnlyList<string> Examples => [.. _faults.Concat(_losses).Take(MostExamples)];

    public long Measured => _rows.Values.Sum(row => row.Measured);

    public long Sent => _rows.Values.Sum(row => row.Sent);

    public long Acknowledged => _rows.Values.Sum(row => row.Acknowledged);

    public long Found => _rows.Values.Sum(row => row.Found);

    public long Lost => _rows.Values.Sum(row => row.Lost);

    public long Missing => _rows.Values.Sum(row => row.Missing);

    public long Duplicated => _rows.Values.Sum(row => row.Duplicated);

    public long Foreign => _rows.Values.Sum(row => row.Foreign);

    /// <summary>True when nothing is missing, duplicated or foreign.</summary>
    public bool IsClean => Missing == 0 && Duplicated == 0 && Foreign == 0;

    /// <summary>True when there was something to lose: a reading acknowledged, or one of a detect-only device that arrived.</summary>
    public bool Proves => Acknowledged > 0 || _rows.Values.Any(row => row is { Guarantee: GuaranteeClass.DetectOnly, Found: > 0 });

    public static CountingReport Of(IEnumerable<SentReading> sent, IEnumerable<FoundReading> found)
    {
        var report = new CountingReport();
        var counts = new Dictionary<ReadingKey, Count>();
        foreach (var reading in sent)
        {
            report.Name(reading);
            ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, reading.Key, out _);
            count.Guarantee = reading.Guarantee;
            count.Measured++;
            count.Sent += reading.WentOut ? 1 : 0;
            count.Acknowledged += reading.Acknowledged ? 1 : 0;
        }

        foreach (var reading in found)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(counts, reading.Key, out _).Found++;
        }

        foreach (var (key, count) in counts)
        {
            report.Add(key, count);
        }

        return report;
    }

    private void Name(SentReading reading) => _deviceBySerial[reading.Key.Serial] = reading.Device;

    private void Add(ReadingKey key, Count count)
    {
        var row = RowOf(key);
        var (missing, surplus) = (Math.Max(0, count.Acknowledged - count.Found), Math.Max(0, count.Found - count.Measured));
        row.Measured += count.Measured;
        row.Sent += count.Sent;
        row.Acknowledged += count.Acknowledged;
        row.Found += Math.Min(count.Found, count.Measured);
        row.Missing += Told(_faults, "missing", missing, key);
        row.Duplicated += count.Measured > 0 ? Told(_faults, "duplicated", surplus, key) : 0;
        row.Foreign += count.Measured == 0 ? Told(_faults, "foreign", surplus, key) : 0;
        if (count.Guarantee == GuaranteeClass.DetectOnly)
        {
            row.Guarantee = GuaranteeClass.DetectOnly;
            row.Lost += Told(_losses, "lost", Math.Max(0, count.Sent - count.Found), key);
        }
    }

    private static long Told(List<string> examples, string fault, long times, ReadingKey key)
    {
        if (times > 0 && examples.Count < MostExamples)
        {
            examples.Add($"{fault}: {key}");
        }

        return times;
    }

    private CountingRow RowOf(ReadingKey key)
    {
        ref var row = ref CollectionsMarshal.GetValueRefOrAddDefault(_rows, (key.Serial, key.Kind), out _);
        return row ??= new CountingRow(_deviceBySerial.GetValueOrDefault(key.Serial, ""), key.Serial, key.Kind);
    }

    private struct Count
    {
        public GuaranteeClass Guarantee;
        public long Measured;
        public long Sent;
        public long Acknowledged;
        public long Found;
    }
}
