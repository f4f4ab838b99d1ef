using System.Collections.Frozen;
using System.Globalization;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Pacemaker;

/// <summary>
/// The enumerations of IEEE 11073-10103 as senders write them: a number, a name (<c>MOS</c>, <c>Epis_VT</c>) or a text. Case and
/// punctuation do not count. What is not known is <c>other</c>, and its original stays.
/// </summary>
internal static class IdcoEnumerations
{
    private const string NamePrefix = "MDC_IDC_ENUM_";
    private const uint PartitionFirst = 11u * 65536u;
    private const uint PartitionLast = PartitionFirst + 65535u;

    private static readonly FrozenDictionary<string, string> Codes = Table(
        ("pacemaker", "753665 IPG Pacemaker ImplantablePulseGenerator"),
        ("icd", "753666 ICD ImplantableCardioverterDefibrillator"),
        ("crt-d", "753667 CRTD CardiacResynchronizationTherapyDefibrillator"),
        ("crt-p", "753668 CRTP CardiacResynchronizationTherapyPacemaker"),
        ("monitor", "753669 Monitor ICM ILR"),
        ("abbott", "753751 STJ SJM StJude StJudeMedical Abbott ABT"),
        ("biotronik", "BIO Biotronik"),
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
        ("unsuccessful", "Unsuccessful Failed NotSuccessful"));

    /// <summary>The sign's value, or null where the sender says that there is none.</summary>
    public static MeasuredValue.Coded? Read(VitalSign sign, string coding, string text)
    {
        var forms = new[] { coding, text }.Where(form => form.Trim().Length > 0).ToList();
        if (forms.Count == 0 || forms.Any(IsNothing))
        {
            return null;
        }

        var code = forms.SelectMany(Spellings).Select(form => Find(sign, form)).FirstOrDefault(found => found is not null);
        return new MeasuredValue.Coded(sign.CodeSystem, code ?? "other", IsTerm(coding) || text.Length == 0 ? coding : text);
    }

    /// <summary>HL7 v2 writes "" for a value that was taken away.</summary>
    public static bool IsNothing(string form) => form.Trim() is "\"\"" || form.Trim().Equals("null", StringComparison.OrdinalIgnoreCase);

    private static string? Find(VitalSign sign, string form) =>
        Codes.TryGetValue(form, out var code) && sign.Codes.Contains(code) ? code : sign.Codes.FirstOrDefault(known => Plain(known) == form);

    // MDC_IDC_ENUM_BATTERY_STATUS_MOS says MOS behind the name of its list.
    private static IEnumerable<string> Spellings(string form)
    {
        yield return Plain(form);
        if (form.StartsWith(NamePrefix, StringComparison.OrdinalIgnoreCase))
        {
            for (var at = NamePrefix.Length - 1; at >= 0; at = form.IndexOf('_', at + 1))
            {
                yield return Plain(form[(at + 1)..]);
            }
        }
    }

    private static bool IsTerm(string coding) =>
        uint.TryParse(coding, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= PartitionFirst and <= PartitionLast;

    private static string Plain(string form) => string.Concat(form.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant();

    private static FrozenDictionary<string, string> Table(params (string Code, string Spellings)[] rows) => rows
        .SelectMany(row => row.Spellings.Split(' ').Select(spelling => (Spelling: Plain(spelling), row.Code)))
        .ToFrozenDictionary(pair => pair.Spelling, pair => pair.Code, StringComparer.Ordinal);
}
