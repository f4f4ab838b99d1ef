using IoTHealth.Simulators.WatchOverRobot;

namespace IoTHealth.Simulators.BloodPressureCuff;

/// <summary>Pressures in mmHg, pulse per minute.</summary>
internal readonly record struct BloodPressure(double Systolic, double Diastolic, double Mean, double Pulse);

/// <summary>
/// A resident's circulation over the day: pressure falls by a tenth or more in sleep, surges after getting up and again a little
/// towards the evening; the pulse goes with it. A pure function of seed and local time.
/// </summary>
internal sealed class Circulation(ulong seed)
{
    private const double AsleepAt = 22.75;
    private const double AwakeAt = 6.25;
    private const double DiastolicFollows = 0.5;
    private const double PulseFollows = 0.35;

    // Mean lies about a third of the way up from diastolic.
    private const double MeanShare = 0.35;

    private readonly double _systolic = Noise.Between(seed, 0, 118, 152);
    private readonly double _diastolic = Noise.Between(seed, 1, 68, 88);
    private readonly double _pulse = Noise.Between(seed, 2, 60, 78);
    private readonly double _dip = Noise.Between(seed, 3, 0.08, 0.18);
    private readonly double _surge = Noise.Between(seed, 4, 5, 16);
    private readonly ulong _days = Noise.Seed(seed, "days");

    /// <summary>True pressure at a moment, without the cuff's error.</summary>
    public BloodPressure At(DateTime local)
    {
        var hour = local.TimeOfDay.TotalHours;
        var day = (local - DateTime.UnixEpoch).Days;
        var systolic = (_systolic * (1 - (_dip * Asleep(hour))))
            + (_surge * Bump(hour, 7.5, 1.2)) + (0.4 * _surge * Bump(hour, 18.5, 2)) + Gauss(_days, day, 4);
        return Around(systolic, systolic - _systolic, _pulse - (6 * Asleep(hour)));
    }

    /// <summary>What a cuff finds: every measurement has its own error, and the first of two is a little higher.</summary>
    /// <param name="place">Counts measurements; the same place gives the same error.</param>
    public BloodPressure Measure(DateTime local, long place, bool isFirst)
    {
        var errors = Noise.Seed(seed, "errors");
        var found = At(local);
        var systolic = found.Systolic + (isFirst ? 2.5 : 0) + Gauss(errors, 3 * place, 3);
        return Around(systolic, systolic - _systolic, found.Pulse - (PulseFollows * (found.Systolic - _systolic))) with
        {
            Diastolic = found.Diastolic + Gauss(errors, (3 * place) + 1, 2),
            Pulse = found.Pulse + Gauss(errors, (3 * place) + 2, 2),
        };
    }

    private BloodPressure Around(double systolic, double change, double restingPulse)
    {
        var diastolic = _diastolic + (DiastolicFollows * change);
        return new BloodPressure(systolic, diastolic, diastolic + (MeanShare * (systolic - diastolic)), restingPulse + (PulseFollows * change));
    }

    // 1 in the depth of the night, 0 by day, half an hour of passage between.
    private static double Asleep(double hour) => Math.Max(Step(hour - AsleepAt), 1 - Step(hour - AwakeAt));

    private static double Step(double hours) => 1 / (1 + Math.Exp(-hours / 0.25));

    private static double Bump(double hour, double centre, double width) => Math.Exp(-Math.Pow((hour - centre) / width, 2) / 2);

    // Sum of twelve even numbers: close enough to normal, and never far out.
    private static double Gauss(ulong stream, long place, double deviation) =>
        deviation * (Enumerable.Range(0, 12).Sum(n => Noise.At(stream, (place * 12) + n)) - 6);
}
