using IoTHealth.Simulators.WatchOverRobot;

namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary>
/// What goes on in one implant over its years: a pure function of seed, kind and age, so the same seed has the same history
/// however often it is asked.
/// </summary>
internal sealed class ImplantCourse(ulong seed, ImplantKind kind)
{
    private const double DaysAMonth = 30.44;
    private const double FracturedOhm = 3000;

    // Of the battery's life: where it counts as used, worn, and spent.
    private const double UsedFrom = 0.05;
    private const double ReplacedFrom = 0.92;
    private const double SpentFrom = 0.98;

    private readonly double _lifeDays = Lifetime(kind) * Noise.Between(seed, 0, 0.9, 1.1);

    /// <summary>Days since implantation at the beginning of the simulation; between a fifth and three quarters of the battery's life.</summary>
    public double FirstDay => _lifeDays * Noise.Between(seed, 1, 0.2, 0.75);

    public (BatteryStage Stage, double Voltage, double Ohm, double Months, double Percent) Battery(double day)
    {
        // A long plateau, then the knee: lithium-iodine from 2.8 V, the defibrillators' lithium cells from 3.2 V.
        var used = Math.Clamp(day / _lifeDays, 0, 1);
        var (fresh, plateau, knee) = kind.Defibrillates() ? (3.2, 0.2, 0.45) : (2.8, 0.08, 0.3);
        var stage = used < UsedFrom ? BatteryStage.Beginning : used < ReplacedFrom ? BatteryStage.Middle : used < SpentFrom ? BatteryStage.Replacement : BatteryStage.End;
        return (stage, fresh - (plateau * used) - (knee * Math.Pow(used, 8)), 250 + (3000 * Math.Pow(used, 4)), (1 - used) * _lifeDays / DaysAMonth, (1 - used) * 100);
    }

    /// <summary>Ohm. It drifts over the years and trembles from day to day; a broken conductor is beyond the scale.</summary>
    public double LeadImpedance(Chamber chamber, double day, bool fractured)
    {
        var middle = chamber == Chamber.LeftVentricle ? 750 : chamber == Chamber.RightVentricle ? 520 : 450;
        return fractured ? FracturedOhm : middle + (40 * Math.Sin((day / 400) + Own(chamber, 6))) + Tremble(chamber, day, 15);
    }

    /// <summary>Ohm, between coil and can.</summary>
    public double ShockImpedance(double day) => 52 + (4 * Math.Sin(day / 300)) + Noise.Between(seed, Place(9, day), -2, 2);

    /// <summary>mV: smallest, mean and largest since the last report, and the one at its time.</summary>
    public (double Minimum, double Mean, double Maximum, double Now) Sensed(Chamber chamber, double day, bool fractured)
    {
        var whole = chamber == Chamber.RightAtrium ? 2.6 : chamber == Chamber.RightVentricle ? 11 : 14;
        var mean = whole * (fractured ? 0.3 : 1) * (1 + (0.1 * Math.Sin(day / 250)));
        return (mean * 0.8, mean, mean * 1.2, mean * (1 + (Tremble(chamber, day, 15) / 100)));
    }

    /// <summary>V, in the steps of an eighth in which devices search it.</summary>
    public double Threshold(Chamber chamber, double day)
    {
        var volts = (chamber == Chamber.LeftVentricle ? 1.1 : 0.7) + (0.1 * Math.Sin(day / 500)) + Tremble(chamber, day, 0.1);
        return Math.Round(volts * 8) / 8;
    }

    /// <summary>Percent of beats paced since the last report.</summary>
    public (double Atrial, double Right, double Left) Paced(double day)
    {
        var atrial = 35 + (10 * Math.Sin(day / 90)) + Noise.Between(seed, Place(10, day), -5, 5);
        var ventricular = kind == ImplantKind.CrtD ? 97 + Noise.Between(seed, Place(11, day), 0, 2) : 4 + Noise.Between(seed, Place(11, day), 0, 6);
        return (atrial, ventricular, ventricular);
    }

    /// <summary>All episodes that began after one age and not after another, days; oldest first.</summary>
    public IEnumerable<Episode> Episodes(double after, double until) => AllUntil(until).Where(episode => episode.Day > after && episode.Day <= until);

    /// <summary>All episodes of the life up to an age, days; oldest first.</summary>
    public IEnumerable<Episode> AllUntil(double until)
    {
        var number = 0;
        for (var day = 0; day <= until; day++)
        {
            if (On(day, number + 1) is { } episode)
            {
                number++;
                if (episode.Day <= until)
                {
                    yield return episode;
                }
            }
        }
    }

    private Episode? On(int day, int number)
    {
        var (chance, began, how) = (Noise.At(seed, Place(2, day)), day + Noise.At(seed, Place(3, day)), Noise.At(seed, Place(4, day)));
        return chance switch
        {
            < 0.004 => Fibrillation(number, began, how),
            < 0.03 => Tachycardia(number, began, how),
            < 0.2 => new Episode(number, EpisodeType.Atrial, began, (int)(60 * Math.Exp(how * 6.5)), 0, 0, 0, null),
            _ => null,
        };
    }

    private Episode Tachycardia(int number, double began, double how) => !kind.Defibrillates()
        ? new Episode(number, EpisodeType.Tachycardia, began, 4 + (int)(how * 20), 0, 0, 0, null)
        : how < 0.85
            ? new Episode(number, EpisodeType.Tachycardia, began, 8 + (int)(how * 20), 1 + (int)(how * 3), 0, 0, true)
            : new Episode(number, EpisodeType.Tachycardia, began, 20 + (int)(how * 30), 4, 1, 0, how < 0.97);

    private Episode Fibrillation(int number, double began, double how) => !kind.Defibrillates()
        ? new Episode(number, EpisodeType.Fibrillation, began, 3 + (int)(how * 5), 0, 0, 0, null)
        : how < 0.2
            ? new Episode(number, EpisodeType.Fibrillation, began, 6, 0, 0, 1, null)
            : new Episode(number, EpisodeType.Fibrillation, began, 12 + (int)(how * 20), 0, how > 0.8 ? 2 : 1, 0, true);

    private static double Lifetime(ImplantKind kind) => kind switch
    {
        ImplantKind.Ddd => 3650,
        ImplantKind.Icd => 3000,
        _ => 2200,
    };

    private double Own(Chamber chamber, double width) => Noise.Between(seed, 100 + chamber.Offset, 0, width);

    private double Tremble(Chamber chamber, double day, double width) => Noise.Between(seed, Place(12 + chamber.Offset, day), -width, width);

    // Streams of their own, a place for each hundredth of a day.
    private static long Place(int stream, double day) => 1000 + ((long)(day * 100) * 32) + stream;
}
