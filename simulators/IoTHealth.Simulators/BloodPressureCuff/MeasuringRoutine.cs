using IoTHealth.Simulators.WatchOverRobot;

namespace IoTHealth.Simulators.BloodPressureCuff;

/// <summary>
/// When a resident measures: each morning within an hour of getting up and each evening before bed, twice, a minute apart, as the
/// Japanese guideline for home blood pressure asks. A pure function of the seed.
/// </summary>
internal sealed class MeasuringRoutine(ulong seed)
{
    public static readonly TimeSpan BetweenTheTwo = TimeSpan.FromMinutes(1);
    private const double Morning = 7;
    private const double Evening = 21.75;
    private const double Spread = 0.4;

    /// <summary>The first session after a moment.</summary>
    public DateTime Next(DateTime local) =>
        Enumerable.Range(0, 2).SelectMany(day => Day(local.Date.AddDays(day))).First(session => session > local);

    private IEnumerable<DateTime> Day(DateTime midnight)
    {
        var place = 2 * (midnight - DateTime.UnixEpoch).Days;
        yield return midnight.AddHours(Morning + Noise.Between(seed, place, -Spread, Spread));
        yield return midnight.AddHours(Evening + Noise.Between(seed, place + 1, -Spread, Spread));
    }
}
