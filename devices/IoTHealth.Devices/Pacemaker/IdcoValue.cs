using IoTHealth.Devices.Codecs.Hl7v2;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Pacemaker;

/// <summary>The value of one OBX, nothing, or why it cannot be read.</summary>
internal readonly record struct IdcoValue(MeasuredValue? Value, string? Mistake)
{
    private static readonly IdcoValue Nothing = new(null, null);

    public static IdcoValue Of(IdcoObservation observation, VitalSign sign)
    {
        // HL7 v2 table 0085: results that are not there, were sent in error or are to be deleted.
        if (observation.Status is "X" or "W" or "D")
        {
            return new(null, $"OBX-11 is {observation.Status}: not a result to keep");
        }

        return sign.IsCoded ? Code(observation, sign) : Number(observation, sign);
    }

    // Some senders write an enumeration into a text or a number field.
    private static IdcoValue Code(IdcoObservation observation, VitalSign sign)
    {
        var sent = observation.Coding ?? (observation.Number is null ? observation.Text : observation.Sent.Split(' ')[0]);
        return IdcoEnumerations.Read(sign, sent.Trim(), observation.CodingText) is { } coded ? new(coded, null) : Nothing;
    }

    private static IdcoValue Number(IdcoObservation observation, VitalSign sign)
    {
        var text = observation.Coding ?? observation.Text;
        if ((observation.Number ?? IdcoObx.Number(text)) is not { } number)
        {
            return text.Trim().Length == 0 || IdcoEnumerations.IsNothing(text) ? Nothing : new(null, $"{sign.Code} is not a number");
        }

        var unit = IdcoUnits.Of(observation.Unit, sign);
        return UnitConversion.TryConvert(number, unit, sign.Unit, out _)
            ? new(new MeasuredValue.Quantity(number, unit), null)
            : new(null, unit.Length == 0 ? $"{sign.Code} has no unit" : $"{sign.Code} has a unit that is not one of {sign.Unit}");
    }
}
