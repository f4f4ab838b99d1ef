using System.Globalization;
using Hl7.Fhir.Model;
using IoTHealth.Measurements;

namespace IoTHealth.Records;

/// <summary>A component's value as FHIR value or dataAbsentReason. The scale of decimals is the device's and is kept.</summary>
internal static class SignValue
{
    public static VitalSign Sign(Component component) => VitalSignCatalogue.Signs.GetValueOrDefault(component.Sign)
        ?? throw new UnmappableException($"the catalogue has no sign '{component.Sign}'");

    public static (DataType? Value, CodeableConcept? Absent) Of(Component component, List<Annotation> notes)
    {
        var sign = Sign(component);
        return component.Value switch
        {
            MeasuredValue.Absent absent => (null, Absent(absent.Reason)),
            MeasuredValue.Quantity quantity when !sign.IsCoded => (Number(sign, quantity, notes), null),
            MeasuredValue.Coded coded when sign.IsCoded => (Code(coded), null),
            _ => throw new UnmappableException($"the sign '{sign.Code}' has a value of the wrong type"),
        };
    }

    public static CodeableConcept Absent(string reason) => new(Systems.DataAbsentReason, reason);

    /// <summary>Our code, and beside it what the device sent: a number of the nomenclature as a coding, anything else as text.</summary>
    private static CodeableConcept Code(MeasuredValue.Coded coded)
    {
        var concept = new CodeableConcept(coded.System, coded.Code);
        if (coded.Original.Length > 0 && coded.Original.All(char.IsAsciiDigit))
        {
            concept.Coding.Add(new Coding(Systems.Mdc, coded.Original));
        }
        else if (coded.Original.Length > 0)
        {
            concept.Text = coded.Original;
        }

        return concept;
    }

    private static Quantity Number(VitalSign sign, MeasuredValue.Quantity quantity, List<Annotation> notes) => new()
    {
        Value = Canonical(sign, quantity, notes),
        Unit = sign.Unit,
        System = Systems.Ucum,
        Code = sign.Unit,
        Comparator = Comparator(quantity.Comparator),
    };

    /// <summary>The profiles fix the unit, so another one is converted and what the device said is noted.</summary>
    private static decimal Canonical(VitalSign sign, MeasuredValue.Quantity quantity, List<Annotation> notes)
    {
        if (UnitConversion.ToUcum(quantity.Unit) == sign.Unit)
        {
            return quantity.Number;
        }

        if (!UnitConversion.TryConvert(quantity.Number, quantity.Unit, sign.Unit, out var converted))
        {
            throw new UnmappableException($"the sign '{sign.Code}' has the unit '{quantity.Unit}', not '{sign.Unit}'");
        }

        notes.Add(new Annotation
        {
            Text = string.Create(CultureInfo.InvariantCulture, $"{sign.Code} as measured: {quantity.Number} {quantity.Unit}"),
        });
        return decimal.Round(converted, sign.Decimals + 1, MidpointRounding.AwayFromZero);
    }

    private static Quantity.QuantityComparator? Comparator(string comparator) => comparator switch
    {
        "" => null,
        "<" => Quantity.QuantityComparator.LessThan,
        "<=" => Quantity.QuantityComparator.LessOrEqual,
        ">" => Quantity.QuantityComparator.GreaterThan,
        ">=" => Quantity.QuantityComparator.GreaterOrEqual,
        _ => throw new UnmappableException($"the comparator '{comparator}' is unknown"),
    };
}
