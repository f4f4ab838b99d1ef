using System.Globalization;

namespace IoTHealth.Benchmarks;

/// <summary>
/// Times an action and its yardstick in turns, so that whatever else the machine does falls on both. The ratio is the median of the
/// rounds' ratios.
/// </summary>
internal static class Interleaved
{
    private const int Rounds = 101;
    private static readonly TimeSpan RoundLength = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(400);

    public static Figure Measure(string name, double limit, Action action, Action yardstick, int each, TimeProvider time)
    {
        var (ours, theirs) = (Calibrate(action, time), Calibrate(yardstick, time));
        var rounds = new (double Action, double Yardstick)[Rounds];
        for (var round = 0; round < Rounds; round++)
        {
            rounds[round] = (Nanoseconds(action, ours, time) / each, Nanoseconds(yardstick, theirs, time) / each);
        }

        var detail = string.Create(
            CultureInfo.InvariantCulture, $"{Median(rounds.Select(round => round.Action)):F1} ns against {Median(rounds.Select(round => round.Yardstick)):F1} ns");
        return new Figure(name, Median(rounds.Select(round => round.Action / round.Yardstick)), limit, detail);
    }

    // Warm enough for the compiler's last tier; then so many times as fill a round.
    private static int Calibrate(Action action, TimeProvider time)
    {
        var (times, begun) = (0, time.GetTimestamp());
        while (time.GetElapsedTime(begun) < WarmUp)
        {
            action();
            times++;
        }

        return Math.Max(1, (int)(times * (RoundLength / WarmUp)));
    }

    private static double Nanoseconds(Action action, int times, TimeProvider time)
    {
        var begun = time.GetTimestamp();
        for (var i = 0; i < times; i++)
        {
            action();
        }

        return time.GetElapsedTime(begun).TotalNanoseconds / times;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);
}
