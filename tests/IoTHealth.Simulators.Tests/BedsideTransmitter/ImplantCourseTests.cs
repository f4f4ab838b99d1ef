using CsCheck;
using IoTHealth.Simulators.BedsideTransmitter;

namespace IoTHealth.Simulators.Tests.BedsideTransmitter;

public sealed class ImplantCourseTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 24, 7, 12, 5, TimeSpan.FromHours(9));
    private static readonly Gen<(ulong Seed, ImplantKind Kind)> Implants = Gen.Select(Gen.ULong, Gen.Int[0, 2].Select(kind => (ImplantKind)kind));

    [Fact]
    public void The_same_seed_has_the_same_history_and_another_another() => Implants.Sample(implant =>
    {
        Assert.Equal(History(implant.Seed, implant.Kind), History(implant.Seed, implant.Kind));
        Assert.NotEqual(History(implant.Seed, implant.Kind), History(implant.Seed + 1, implant.Kind));
    }, iter: 20);

    [Fact]
    public void The_battery_falls_passes_its_stages_in_order_and_ends_spent() => Implants.Sample(implant =>
    {
        var course = new ImplantCourse(implant.Seed, implant.Kind);
        var life = Enumerable.Range(0, 420).Select(n => course.Battery(n * 10)).ToArray();
        Assert.All(life.Zip(life.Skip(1)), pair => Assert.True(pair.Second.Voltage <= pair.First.Voltage && pair.Second.Stage >= pair.First.Stage && pair.Second.Months <= pair.First.Months));
        Assert.Equal(Enum.GetValues<BatteryStage>(), life.Select(battery => battery.Stage).Distinct());
        Assert.Equal((0, 0), (life[^1].Months, life[^1].Percent));
        var replaced = life.First(battery => battery.Stage == BatteryStage.Replacement);
        Assert.InRange(replaced.Voltage, implant.Kind.Defibrillates() ? 2.7 : 2.5, implant.Kind.Defibrillates() ? 2.95 : 2.65);
        Assert.InRange(replaced.Months, 3, 12);
        Assert.True(course.Battery(course.FirstDay).Stage == BatteryStage.Middle);
    }, iter: 50);

    [Fact]
    public void Episodes_are_those_of_the_life_however_it_is_cut() => Implants.Sample(implant =>
    {
        var course = new ImplantCourse(implant.Seed, implant.Kind);
        var all = course.AllUntil(3000).ToArray();
        Assert.Equal(all, Enumerable.Range(0, 1200).SelectMany(n => course.Episodes(n * 2.5, (n + 1) * 2.5)));
        Assert.Equal(Enumerable.Range(1, all.Length), all.Select(episode => episode.Number));
        Assert.Equal(all.Select(episode => episode.Day).Order(), all.Select(episode => episode.Day));
        Assert.Equal(Enum.GetValues<EpisodeType>(), all.Select(episode => episode.Type).Distinct().Order());
        Assert.Equal(implant.Kind.Defibrillates(), all.Any(episode => episode.Bursts + episode.Shocks > 0));
    }, iter: 10);

    [Fact]
    public void A_broken_lead_shows_in_its_channel_alone()
    {
        var (whole, broken) = (Values(false), Values(true));
        Assert.Equal(["lead-impedance-rv", "sensing-amplitude-rv", "sensing-maximum-rv", "sensing-mean-rv", "sensing-minimum-rv"], whole.Where(one => broken[one.Key] != one.Value).Select(one => one.Key).Order(StringComparer.Ordinal));
        Assert.Equal("3000 Ohm", broken["lead-impedance-rv"]);
        Assert.Equal("check-lead", broken["lead-status-rv"]);
        Assert.False(whole.ContainsKey("lead-status-rv"));

        static Dictionary<string, string> Values(bool fractured) => Acts(7, ImplantKind.CrtD, 10, fractured)
            .Where(act => act.Kind is not ("implant-episode" or "implant-episode-count")).SelectMany(act => act.Values).ToDictionary(one => one.Sign, one => one.Value);
    }

    [Fact]
    public void A_defibrillator_tells_of_shocks_and_only_a_biventricular_one_of_three_leads()
    {
        string[] Kinds(ImplantKind kind) => [.. Acts(7, kind, 10, false).Select(act => act.Kind).Distinct()];
        Assert.DoesNotContain("implant-therapy", Kinds(ImplantKind.Ddd));
        Assert.Contains("implant-therapy", Kinds(ImplantKind.Icd));
        Assert.Contains("implant-lead-hv", Kinds(ImplantKind.Icd));
        Assert.DoesNotContain("implant-lead-lv", Kinds(ImplantKind.Icd));
        Assert.Contains("implant-lead-lv", Kinds(ImplantKind.CrtD));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(3600)]
    public void Episodes_get_seconds_of_their_own_between_the_reports(int seconds)
    {
        var last = Time.AddSeconds(-seconds);
        var acts = ReportContent.Of(new Implant("P", "M", ImplantKind.Icd), new ImplantCourse(7, ImplantKind.Icd), 0, 1000, last, Time, false);
        var times = acts.Where(act => act.Kind == "implant-episode").Select(act => act.Time).ToArray();
        Assert.Equal(Math.Min(seconds, 20), times.Length);
        Assert.Equal(times.Length, times.Distinct().Count());
        Assert.All(times, time => Assert.True(time > last && time <= Time));
    }

    private static string History(ulong seed, ImplantKind kind) => string.Join(
        ';', Enumerable.Range(0, 5).SelectMany(n => Acts(seed, kind, n * 30, false)).Select(act => $"{act.Kind} {string.Join('&', act.Values)}"));

    private static IReadOnlyList<ImplantAct> Acts(ulong seed, ImplantKind kind, double day, bool fractured) =>
        ReportContent.Of(new Implant("P", "M", kind), new ImplantCourse(seed, kind), day, day + 30, Time.AddSeconds(-30), Time, fractured);
}
