using Hl7.Fhir.Model;

namespace IoTHealth.Simulators.Fhir;

/// <summary>JP Core's rules for observations: vital signs, laboratory results, body measurements and all others.</summary>
internal static class ObservationRules
{
    private const string Loinc = "http://loinc.org";
    private const string Ucum = "http://unitsofmeasure.org";
    private const string International = "http://terminology.hl7.org/CodeSystem/observation-category";
    private const string Japanese = "http://jpfhir.jp/fhir/core/CodeSystem/JP_SimpleObservationCategory_CS";
    private const string BloodPressure = "85354-9";

    private static readonly Dictionary<string, string> UnitByLoinc = new()
    {
        ["8867-4"] = "/min", ["9279-1"] = "/min", ["2708-6"] = "%", ["59408-5"] = "%", ["8310-5"] = "Cel", ["29463-7"] = "kg",
        ["8302-2"] = "cm", ["39156-5"] = "kg/m2", ["8480-6"] = "mm[Hg]", ["8462-4"] = "mm[Hg]", ["8478-0"] = "mm[Hg]",
    };

    private static readonly HashSet<string> VitalSigns = ["8867-4", "9279-1", "2708-6", "59408-5", "8310-5", BloodPressure];

    public static IEnumerable<Complaint> Complaints(Observation observation, string where) =>
        [.. Common(observation, where), .. Category(observation, where), .. Values(observation, where)];

    private static IEnumerable<Complaint> Common(Observation observation, string where)
    {
        if (observation.Subject?.Reference is null)
        {
            yield return Required($"{where}.subject", "An observation needs its subject.");
        }

        if (observation.Effective is not (FhirDateTime or Period))
        {
            yield return Required($"{where}.effective", "An observation needs an effective dateTime or Period.");
        }

        if (observation.Status == ObservationStatus.Final && observation.Value is null && observation.DataAbsentReason is null && observation.Component.Count == 0)
        {
            yield return Required($"{where}.value", "An observation needs a value, a reason for its absence, or components.");
        }
    }

    private static IEnumerable<Complaint> Category(Observation observation, string where)
    {
        var isVital = Has(observation, International, "vital-signs") || Has(observation, Japanese, "vital-signs")
            || observation.Code.Coding.Exists(coding => coding.System == Loinc && VitalSigns.Contains(coding.Code ?? ""));
        if (isVital && !(Has(observation, International, "vital-signs") && Has(observation, Japanese, "vital-signs")))
        {
            yield return Required($"{where}.category", $"A vital sign needs a category of {International} and one of {Japanese}.");
        }

        if (observation.Category.Exists(category => category.Coding.Exists(c => c.System == International) && category.Coding.Exists(c => c.System == Japanese)))
        {
            yield return new Complaint(OperationOutcome.IssueType.Value, "The two categories need an element each; both codings in one fail both profiles.", $"{where}.category");
        }

        if (Has(observation, Japanese, "laboratory") && (observation.Code.Text is null || observation.Code.Coding.Count == 0 || observation.Specimen is null))
        {
            yield return Required($"{where}.code", "A laboratory result needs code.coding, code.text and a specimen.");
        }
    }

    private static IEnumerable<Complaint> Values(Observation observation, string where)
    {
        foreach (var complaint in Quantity(observation.Value, observation.Code, $"{where}.value"))
        {
            yield return complaint;
        }

        for (var n = 0; n < observation.Component.Count; n++)
        {
            foreach (var complaint in Quantity(observation.Component[n].Value, observation.Component[n].Code, $"{where}.component[{n}].value"))
            {
                yield return complaint;
            }
        }

        if (HasLoinc(observation.Code, BloodPressure) && !(HasComponent(observation, "8480-6") && HasComponent(observation, "8462-4")))
        {
            yield return Required($"{where}.component", "A blood pressure needs its systolic (8480-6) and diastolic (8462-4) components.");
        }
    }

    private static IEnumerable<Complaint> Quantity(DataType? value, CodeableConcept code, string where)
    {
        if (value is not Quantity quantity)
        {
            yield break;
        }

        if (quantity.System != Ucum || string.IsNullOrEmpty(quantity.Code) || quantity.Value is null)
        {
            yield return Required(where, $"A quantity needs a value and a unit code of {Ucum}.");
        }

        foreach (var coding in code.Coding.Where(coding => coding.System == Loinc))
        {
            if (UnitByLoinc.TryGetValue(coding.Code ?? "", out var unit) && quantity.Code != unit)
            {
                yield return new Complaint(OperationOutcome.IssueType.Value, $"LOINC {coding.Code} is measured in '{unit}', not '{quantity.Code}'.", where);
            }
        }
    }

    private static bool Has(Observation observation, string system, string code) =>
        observation.Category.Exists(category => category.Coding.Exists(coding => coding.System == system && coding.Code == code));

    private static bool HasComponent(Observation observation, string loinc) => observation.Component.Exists(component => HasLoinc(component.Code, loinc));

    private static bool HasLoinc(CodeableConcept code, string loinc) => code.Coding.Exists(coding => coding.System == Loinc && coding.Code == loinc);

    private static Complaint Required(string where, string what) => new(OperationOutcome.IssueType.Required, what, where);
}
