using System.Collections.Frozen;
using System.Globalization;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Pacemaker;

/// <summary>
/// The enumerations of IEEE 11073-10103 as senders write them: a number, a name (<c>MOS</c>, <c>Epis_VT</c>) or a text. Case and
/// punctuation do not count, the name of the list before it neither; but the whole of the rest does. What is not known is <c>other</c>, and so
/// is what says one thing by number and another by name; the original stays.
/// </summary>
internal static class IdcoEnumerations
{
    private const string NamePrefix = "MDC_IDC_ENUM_";
    private const uint PartitionFirst = 11u * 65536u;
    private const uint PartitionLast = PartitionFirst + 65535u;

    // MDC_IDC_ENUM_BATTERY_STATUS_MOS says MOS behind the name of its list.
    private static readonly string[] Lists =
    [
        "DEV_TYPE_", "PG_TYPE_", "DEV_MFG_", "PG_MFG_", "MFG_", "MSMT_BATTERY_STATUS_", "BATTERY_STATUS_", "LEAD_CHANNEL_STATUS_", "CHANNEL_STATUS_",
        "LEADHVCHNL_STATUS_", "SET_BRADY_MODE_", "BRADY_MODE_", "STAT_EPISODE_TYPE_", "EPISODE_TYPE_", "EPISODE_VENDOR_TYPE_", "EPISODE_THERAPY_RESULT_", "THERAPY_RESULT_",
    ];

    // The pacing modes' numbers as the German Medical Informatics Initiative publishes them (value set Geraeteprogrammierung [MDC]).
    private static readonly FrozenDictionary<string, string> Codes = Table(
        ("pacemaker", "753665 IPG Pacemaker ImplantablePulseGenerator"),
        ("icd", "753666 ICD ImplantableCardioverterDefibrillator"),
        ("crt-d", "753667 CRTD CardiacResynchronizationTherapyDefibrillator"),
        ("crt-p", "753668 CRTP CardiacResynchronizationTherapyPacemaker"),
        ("monitor", "753669 Monitor ICM ILR"),
        ("abbott", "753751 STJ SJM StJude StJudeMedical Abbott ABT"),
        ("biotronik", "BIO BTK Biotronik"),
        ("boston-scientific", "BSC BSX GDT Guidant BostonScientific"),
        ("medtronic", "MDT Medtronic"),
        ("microport", "SOR ELA Sorin LivaNova LIV MicroPort MPC"),
        ("beginning-of-service", "754113 BOS BOL BeginningOfService BeginningOfLife"),
        ("middle-of-service", "754114 MOS MOL MiddleOfService MiddleOfLife"),
        ("replacement-recommended", "754115 RRT ERI RecommendedReplacementTime ElectiveReplacementIndicator"),
        ("end-of-service", "754116 EOS EOL EndOfService EndOfLife"),
        ("check-lead", "754241 CheckLead"),
        ("vf", "754945 EpisVF VF VentricularFibrillation"),
        ("vt", "754946 EpisVT VT VT1 VT2 FastVT FVT VentricularTachycardia"),
        ("nonsustained-vt", "EpisNSVT NSVT NonSustVT EpisNonsustVT VTNS NonsustainedVT"),
        ("svt", "EpisSVT SVT SupraventricularTachycardia"),
        ("at-af", "EpisATAF ATAF AT AF ATR AFib AtrialFibrillation AtrialTachycardia EpisAT EpisAF"),
        ("monitored", "EpisMonitor EpisMonitored VTMonitor"),
        ("patient-activated", "EpisPatientActivated PatientActivated PatientTriggered"),
        ("periodic", "EpisPeriodicEGM PeriodicEGM Periodic"),
        ("successful", "755137 Successful Success"),
        ("unsuccessful", "Unsuccessful Failed NotSuccessful"),
        ("aai", "754753"),
        ("ddd", "754760"),
        ("vvi", "754773"));

    // MDC_IDC_ENUM_BRADY_MODE_Unknown.
    private static readonly FrozenSet<string> Unknown = new[] { "754790", "unknown" }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The sign's value, or null where the sender says that there is none.</summary>
    public static MeasuredValue? Read(VitalSign sign, string coding, string text)
    {
        var forms = new[] { coding, text }.Where(form => form.Trim().Length > 0).ToList();
        if (forms.Count == 0 || forms.Any(IsNothing))
        {
            return null;
        }

        var codes = forms.Select(form => Spellings(form).Select(spelling => Find(sign, spelling)).FirstOrDefault(found => found is not null)).OfType<string>().Distinct().ToList();
        if (codes.Count == 0 && forms.SelectMany(Spellings).Any(Unknown.Contains))
        {
            return new MeasuredValue.Absent(AbsentReason.Unknown);
        }

        var original = codes.Count > 1 ? $"{coding} {text}" : IsTerm(coding) || text.Length == 0 ? coding : text;
        return new MeasuredValue.Coded(sign.CodeSystem, codes is [var code] ? code : "other", SentText.Of(original));
    }

    /// <summary>Whether a maker's name as a report gives it can be the registered one: another name of the same maker, or the same letters.</summary>
    public static bool IsMaker(string sent, string registered)
    {
        var (one, other) = (Letters(sent), Letters(registered));
        return one == other || (Codes.TryGetValue(one, out var code) && Codes.TryGetValue(other, out var same) && code == same);
    }

    /// <summary>HL7 v2 writes "" for a value that was taken away.</summary>
    public static bool IsNothing(string form) => form.Trim() is "\"\"" || form.Trim().Equals("null", StringComparison.OrdinalIgnoreCase);

    private static string? Find(VitalSign sign, string form) =>
        Codes.TryGetValue(form, out var code) && sign.Codes.Contains(code) ? code : sign.Codes.FirstOrDefault(known => Plain(known) == form);

    private static IEnumerable<string> Spellings(string form)
    {
        yield return Plain(form);
        if (form.StartsWith(NamePrefix, StringComparison.OrdinalIgnoreCase) &&
            Lists.FirstOrDefault(list => form.AsSpan(NamePrefix.Length).StartsWith(list, StringComparison.OrdinalIgnoreCase)) is { } named)
        {
            yield return Plain(form[(NamePrefix.Length + named.Length)..]);
        }
    }

    private static bool IsTerm(string coding) =>
        uint.TryParse(coding, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= PartitionFirst and <= PartitionLast;

    private static string Letters(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    private static string Plain(string form) => string.Concat(form.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();

    private static FrozenDictionary<string, string> Table(params (string Code, string Spellings)[] rows) => rows
        .SelectMany(row => row.Spellings.Split(' ').Select(spelling => (Spelling: Plain(spelling), row.Code)))
        .ToFrozenDictionary(pair => pair.Spelling, pair => pair.Code, StringComparer.Ordinal);
}
