namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary>What one report says: the acts since the last one.</summary>
internal static class ReportContent
{
    // Devices keep the last episodes only; older ones are in the counts.
    private const int MostEpisodes = 20;
    private const double SecondsADay = 86_400;

    /// <param name="lastDay">The implant's age at the report before, days.</param>
    /// <param name="day">Its age now.</param>
    /// <param name="last">The clock at the report before.</param>
    /// <param name="now">The clock now, at least a second later.</param>
    /// <param name="fractured">The lead of the right ventricle is broken.</param>
    /// <param name="battery">When the battery was measured, by then and after the report before; null = now.</param>
    public static IReadOnlyList<ImplantAct> Of(
        Implant implant, ImplantCourse course, double lastDay, double day, DateTimeOffset last, DateTimeOffset now, bool fractured, DateTimeOffset? battery = null)
    {
        Episode[] all = [.. course.AllUntil(day)];
        Episode[] recent = [.. all.Where(episode => episode.Day > lastDay)];
        return
        [
            Device(implant, now),
            Battery(course, day, now, battery ?? now),
            .. implant.Kind.Chambers().SelectMany(chamber => Channel(course, chamber, day, now, fractured && chamber == Chamber.RightVentricle)),
            .. implant.Kind.Defibrillates() ? [ShockLead(course, day, now), Therapy(all, recent, now)] : Array.Empty<ImplantAct>(),
            Settings(implant.Kind, now),
            Paced(implant.Kind, course.Paced(day), now),
            Burden(recent, day - lastDay, now),
            .. Enum.GetValues<EpisodeType>().Select((type, n) => Counted(type, n + 1, all, recent, now)),
            .. Remembered(recent, last, now),
        ];
    }

    private static ImplantAct Device(Implant implant, DateTimeOffset now) => Act("implant-device", now,
        Finding.Of(ImplantTerm.DeviceType, CodedValue.DeviceType(implant.Kind)),
        Finding.Of(ImplantTerm.DeviceModel, implant.Model),
        Finding.Of(ImplantTerm.DeviceSerial, implant.Serial),
        Finding.Of(ImplantTerm.DeviceManufacturer, CodedValue.Manufacturer),
        Finding.Of(ImplantTerm.SessionTime, now),
        Finding.Of(ImplantTerm.SessionType, CodedValue.Remote));

    private static ImplantAct Battery(ImplantCourse course, double day, DateTimeOffset now, DateTimeOffset time)
    {
        var (stage, voltage, ohm, months, percent) = course.Battery(day);
        return Act("implant-battery", time,
            Finding.Of(ImplantTerm.BatteryTime, time),
            Finding.Of(ImplantTerm.BatteryStatus, CodedValue.Battery(stage)),
            Finding.Of(ImplantTerm.BatteryVoltage, voltage, 2),
            Finding.Of(ImplantTerm.BatteryImpedance, ohm, 0),
            Finding.Of(ImplantTerm.BatteryLongevity, months, 0),
            Finding.Of(ImplantTerm.BatteryPercentage, percent, 0)) with { Observed = now };
    }

    private static IEnumerable<ImplantAct> Channel(ImplantCourse course, Chamber chamber, double day, DateTimeOffset now, bool fractured)
    {
        var (minimum, mean, maximum, present) = course.Sensed(chamber, day, fractured);
        yield return Act($"implant-lead-{chamber.Sign}", now,
            Finding.Of(ImplantTerm.LeadStatus(chamber), fractured ? CodedValue.CheckLead : CodedValue.Nothing),
            Finding.Of(ImplantTerm.LeadImpedance(chamber), course.LeadImpedance(chamber, day, fractured), 0));
        yield return Act($"implant-sensing-{chamber.Sign}", now,
            Finding.Of(ImplantTerm.Sensed(chamber), present, 1),
            Finding.Of(ImplantTerm.SensedMaximum(chamber), maximum, 1),
            Finding.Of(ImplantTerm.SensedMinimum(chamber), minimum, 1),
            Finding.Of(ImplantTerm.SensedMean(chamber), mean, 1));
        yield return Act($"implant-threshold-{chamber.Sign}", now,
            Finding.Of(ImplantTerm.Threshold(chamber), course.Threshold(chamber, day), 3),
            Finding.Of(ImplantTerm.ThresholdWidth(chamber), 0.4, 2));
    }

    private static ImplantAct ShockLead(ImplantCourse course, double day, DateTimeOffset now) => Act("implant-lead-hv", now, 1,
        Finding.Of(ImplantTerm.ShockImpedance, course.ShockImpedance(day), 0),
        Finding.Of(ImplantTerm.ShockLeadStatus, CodedValue.Nothing));

    private static ImplantAct Therapy(Episode[] all, Episode[] recent, DateTimeOffset now) => Act("implant-therapy", now,
        Finding.Of(ImplantTerm.ShocksRecent, recent.Sum(episode => episode.Shocks)),
        Finding.Of(ImplantTerm.ShocksTotal, all.Sum(episode => episode.Shocks)),
        Finding.Of(ImplantTerm.AbortedRecent, recent.Sum(episode => episode.Aborted)),
        Finding.Of(ImplantTerm.AbortedTotal, all.Sum(episode => episode.Aborted)),
        Finding.Of(ImplantTerm.AntitachycardiaRecent, recent.Sum(episode => episode.Bursts)),
        Finding.Of(ImplantTerm.AntitachycardiaTotal, all.Sum(episode => episode.Bursts)));

    // Settings are not measured, so their observations carry no time: the report's holds.
    private static ImplantAct Settings(ImplantKind kind, DateTimeOffset now) => new("implant-pacing-settings", now, 0, false,
    [
        .. kind == ImplantKind.CrtD ? [Finding.Of(ImplantTerm.VentricularDelay, -20)] : Array.Empty<Finding>(),
        .. kind.Chambers().Select(chamber => Finding.Of(ImplantTerm.PacingAmplitude(chamber), 2.5, 2)),
        Finding.Of(ImplantTerm.PacingMode, CodedValue.Mode(kind)),
        Finding.Of(ImplantTerm.LowerRate, 60),
        Finding.Of(ImplantTerm.UpperTrackingRate, 130),
    ]);

    private static ImplantAct Paced(ImplantKind kind, (double Atrial, double Right, double Left) paced, DateTimeOffset now) => Act("implant-percent-paced", now,
    [
        Finding.Of(ImplantTerm.AtrialPaced, paced.Atrial, 0),
        Finding.Of(ImplantTerm.VentricularPaced, paced.Right, 0),
        .. kind == ImplantKind.CrtD
            ? [Finding.Of(ImplantTerm.LeftPaced, paced.Left, 0), Finding.Of(ImplantTerm.BiventricularPaced, Math.Min(paced.Left, paced.Right), 0)]
            : Array.Empty<Finding>(),
    ]);

    private static ImplantAct Burden(Episode[] recent, double days, DateTimeOffset now)
    {
        var atrial = recent.Where(episode => episode.Type == EpisodeType.Atrial).ToArray();
        var burden = days > 0 ? Math.Min(100, 100 * atrial.Sum(episode => episode.Seconds) / (days * SecondsADay)) : 0;
        return Act("implant-atrial-burden", now,
            Finding.Of(ImplantTerm.AtrialBurden, burden, 1),
            Finding.Of(ImplantTerm.ModeSwitches, atrial.Length));
    }

    private static ImplantAct Counted(EpisodeType type, int instance, Episode[] all, Episode[] recent, DateTimeOffset now) => Act("implant-episode-count", now, instance,
        Finding.Of(ImplantTerm.CountedType, CodedValue.Episode(type)),
        Finding.Of(ImplantTerm.CountRecent, recent.Count(episode => episode.Type == type)),
        Finding.Of(ImplantTerm.CountTotal, all.Count(episode => episode.Type == type)));

    // Days of the implant are seconds of its clock: the last episodes get the last seconds, one each.
    private static IEnumerable<ImplantAct> Remembered(Episode[] recent, DateTimeOffset last, DateTimeOffset now)
    {
        var kept = recent.TakeLast(Math.Min(MostEpisodes, (int)Math.Min(int.MaxValue, (now - last).TotalSeconds))).ToArray();
        return kept.Select((episode, n) => Remembered(episode, n + 1, now.AddSeconds(n + 1 - kept.Length)));
    }

    private static ImplantAct Remembered(Episode episode, int instance, DateTimeOffset time) => Act("implant-episode", time, instance,
    [
        Finding.Of(ImplantTerm.EpisodeId, $"E-{episode.Number}"),
        Finding.Of(ImplantTerm.EpisodeTime, time),
        Finding.Of(ImplantTerm.EpisodeType, CodedValue.Episode(episode.Type)),
        .. episode.Result is { } result
            ? [Finding.Of(ImplantTerm.EpisodeResult, result ? CodedValue.Successful : CodedValue.Unsuccessful)]
            : Array.Empty<Finding>(),
        Finding.Of(ImplantTerm.EpisodeDuration, episode.Seconds),
    ]);

    private static ImplantAct Act(string kind, DateTimeOffset time, params Finding[] findings) => Act(kind, time, 0, findings);

    private static ImplantAct Act(string kind, DateTimeOffset time, int instance, params Finding[] findings) => new(kind, time, instance, true, findings);
}
