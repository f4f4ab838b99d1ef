using System.Collections.Frozen;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Pacemaker;

/// <summary>Which sign of which act a term of the nomenclature is.</summary>
internal static class IdcoTermSigns
{
    public const string Episode = "implant-episode";
    public const string EpisodeCount = "implant-episode-count";
    public const string HighVoltageLead = "implant-lead-hv";
    public const uint EpisodeId = 739536;
    public const uint EpisodeTime = 739552;
    public const string Battery = "implant-battery";
    public const uint BatteryTime = 721216;

    // Channel status, sensing, threshold, impedance and pacing amplitude of the left atrium, between those of the other channels.
    private static readonly FrozenSet<uint> LeftAtrium = new uint[] { 721986, 722056, 722057, 722058, 722059, 722178, 722242, 722434, 729986 }.ToFrozenSet();

    private static readonly FrozenDictionary<uint, (string Kind, VitalSign Sign)> ByTerm = ImplantSigns.Kinds
        .SelectMany(kind => kind.Optional.Select(sign => (Term: sign.Mdc!.Value, Kind: kind.Code, Sign: sign)))
        .ToFrozenDictionary(row => row.Term, row => (row.Kind, row.Sign));

    /// <summary>Whether a term speaks of a lead in the left atrium, for which the catalogue has no sign.</summary>
    public static bool IsLeftAtrium(uint? term) => term is { } number && LeftAtrium.Contains(number);

    /// <summary>The act a term belongs to and the sign it gives; no sign for the number and the time of an episode.</summary>
    public static bool TryFind(uint? term, out string kind, out VitalSign? sign)
    {
        (kind, sign) = (Episode, null);
        if (term is EpisodeId or EpisodeTime)
        {
            return true;
        }

        if (term is null || !ByTerm.TryGetValue(term.Value, out var found))
        {
            return false;
        }

        (kind, sign) = found;
        return true;
    }
}
