using IoTHealth.Simulators.BloodPressureCuff;

namespace IoTHealth.Simulators.Tests.BloodPressureCuff;

public sealed class CirculationTests
{
    private static readonly DateTime Midnight = new(2026, 11, 24);

    public static TheoryData<ulong> Residents => [.. Enumerable.Range(1, 20).Select(seed => (ulong)seed)];

    [Theory]
    [MemberData(nameof(Residents))]
    public void Pressure_dips_at_night_and_surges_in_the_morning(ulong seed)
    {
        var body = new Circulation(seed);
        double Around(double hour) => Enumerable.Range(0, 14).Average(day => body.At(Midnight.AddDays(day).AddHours(hour)).Systolic);
        Assert.InRange(Around(3) / Around(14), 0.78, 0.95);
        Assert.True(Around(7.5) > Around(14) + 2);
        Assert.True(Around(18.5) > Around(14));
    }

    [Theory]
    [MemberData(nameof(Residents))]
    public void Measurements_are_what_a_body_can_show_and_their_own_error_is_small(ulong seed)
    {
        var body = new Circulation(seed);
        var found = Enumerable.Range(1, 60).Select(n => body.Measure(Midnight.AddHours(12 * n), n, n % 2 == 1)).ToArray();
        Assert.All(found, one =>
        {
            Assert.InRange(one.Systolic, 80, 200);
            Assert.InRange(one.Diastolic, 40, 120);
            Assert.InRange(one.Mean, one.Diastolic - 8, one.Systolic);
            Assert.InRange(one.Pulse, 40, 110);
        });
        Assert.True(found.Distinct().Count() == found.Length);
        Assert.Equal(found[7], new Circulation(seed).Measure(Midnight.AddHours(12 * 8), 8, isFirst: false));
    }

    [Fact]
    public void Pressure_and_pulse_go_together()
    {
        var body = new Circulation(4);
        var day = Enumerable.Range(0, 96).Select(quarter => body.At(Midnight.AddMinutes(15 * quarter))).ToArray();
        var (pressure, pulse) = (day.Average(one => one.Systolic), day.Average(one => one.Pulse));
        Assert.True(day.Sum(one => (one.Systolic - pressure) * (one.Pulse - pulse)) > 0);
    }

    [Theory]
    [MemberData(nameof(Residents))]
    public void One_measures_each_morning_and_evening(ulong seed)
    {
        var routine = new MeasuringRoutine(seed);
        var sessions = new List<DateTime> { routine.Next(Midnight) };
        while (sessions.Count < 14)
        {
            sessions.Add(routine.Next(sessions[^1]));
        }

        Assert.All(sessions.Where((_, n) => n % 2 == 0), morning => Assert.InRange(morning.TimeOfDay.TotalHours, 6.5, 7.5));
        Assert.All(sessions.Where((_, n) => n % 2 == 1), evening => Assert.InRange(evening.TimeOfDay.TotalHours, 21.25, 22.25));
        Assert.Equal(Enumerable.Range(0, 14).Select(n => Midnight.AddDays(n / 2)), sessions.Select(session => session.Date));
    }
}
