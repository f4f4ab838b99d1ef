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

    private static readonly FrozenDictionary<uint, (string Kind, VitalSign Sign)> ByTerm = ImplantSigns.Kinds
        .SelectMany(kind => kind.Optional.Select(sign => (Term: sign.Mdc!.Value, Kind: kind.Code, Sign: sign)))
        .ToFrozenDictionary(row => row.Term, row => (row.Kind, row.Sign));

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
