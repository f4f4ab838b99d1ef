namespace IoTHealth.Simulators.GlucoseMeter;

/// <summary>One drop of blood.</summary>
/// <param name="Time">True local time, whole minutes.</param>
/// <param name="Glucose">As the strip found it, mg/dL.</param>
/// <param name="Markers">What the resident told the meter.</param>
internal readonly record struct Sample(DateTime Time, double Glucose, string Markers);

/// <summary>When a resident tests: fasting, before and after meals, at bedtime, now and then at night.</summary>
internal static class TestRoutine
{
    private const double StripError = 0.04;
    private const int Bedtime = (21 * 60) + 45;
    private const int Night = 3 * 60;

    // About six tests a day; a few days more than are needed, so that there are always enough.
    private const int FewestPerDay = 4;
    private const int SpareDays = 8;

    /// <summary>The latest <paramref name="count"/> tests before <paramref name="now"/>, oldest first, no two in one minute.</summary>
    public static Sample[] Latest(Random random, DateTime now, int count)
    {
        var days = (count / FewestPerDay) + SpareDays;
        var midnight = now.Date.AddDays(1 - days);
        var life = ResidentDays.Live(random, days);
        var tests = Enumerable.Range(0, days).SelectMany(day => Day(random, day, life.Meals)).OrderBy(test => test.Minute);
        Sample[] samples = [.. tests.Select(test => new Sample(midnight.AddMinutes(test.Minute), Measure(random, life.At(test.Minute)), test.Markers))];
        return [.. samples.Where(sample => sample.Time < now).TakeLast(count)];
    }

    /// <summary>Another drop of the same blood.</summary>
    public static double Measure(Random random, double glucose) =>
        glucose * (1 + (StripError * 2 * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5)));

    private static IEnumerable<(int Minute, string Markers)> Day(Random random, int day, IReadOnlyList<int> meals)
    {
        var (breakfast, lunch, dinner) = (meals[3 * day], meals[(3 * day) + 1], meals[(3 * day) + 2]);
        (double Chance, int Minute, string Markers)[] usual =
        [
            (0.15, Around(random, (day * ResidentDays.MinutesPerDay) + Night, 30), ""),
            (1, Around(random, breakfast - 20, 10), "F"),
            After(random, breakfast),
            (0.9, Around(random, lunch - 15, 10), "B"),
            After(random, lunch),
            (0.9, Around(random, dinner - 15, 10), "B"),
            After(random, dinner),
            (0.9, Around(random, (day * ResidentDays.MinutesPerDay) + Bedtime, 20), ""),
        ];
        return usual.Where(test => random.NextDouble() < test.Chance).Select(test => (test.Minute, test.Markers));
    }

    private static (double Chance, int Minute, string Markers) After(Random random, int meal) =>
        random.Next(2) == 0 ? (0.8, Around(random, meal + 60, 5), "A/M0/T1") : (0.8, Around(random, meal + 110, 10), "A");

    private static int Around(Random random, int minute, int spread) => minute + random.Next(-spread, spread + 1);
}
