using System.Globalization;
using Hl7.Fhir.Model;
using IoTHealth.Measurements;

namespace IoTHealth.Records;

/// <summary>Codes of acts and signs: LOINC where it has one, then MDC, then the catalogue's own.</summary>
internal static class SignCoding
{
    public static CodeableConcept Of(MeasurementKind kind)
    {
        var sign = VitalSignCatalogue.Signs.GetValueOrDefault(kind.Code);
        return Concept(kind.PanelLoinc ?? sign?.Loinc, kind.PanelMdc ?? sign?.Mdc, kind.Code, kind.NameJa);
    }

    public static CodeableConcept Of(VitalSign sign) => Concept(sign.Loinc, sign.Mdc, sign.Code, sign.NameJa);

    private static CodeableConcept Concept(string? loinc, uint? mdc, string code, string text)
    {
        var concept = new CodeableConcept { Text = text };
        if (loinc is not null)
        {
            concept.Coding.Add(new Coding(Systems.Loinc, loinc));
        }

        if (mdc is not null)
        {
            concept.Coding.Add(new Coding(Systems.Mdc, mdc.Value.ToString(CultureInfo.InvariantCulture)));
        }

        concept.Coding.Add(new Coding(Systems.Sign, code));
        return concept;
    }
}
