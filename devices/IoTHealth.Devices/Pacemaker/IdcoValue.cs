using System.Globalization;
using IoTHealth.Devices.Codecs.Hl7v2;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Pacemaker;

/// <summary>The value of one OBX, nothing, or why it cannot be read.</summary>
internal readonly record struct IdcoValue(MeasuredValue? Value, string? Mistake)
{
    /// <summary>Longest code or text that is taken: what is measured goes by radio, into ids and onto screens.</summary>
    public const int LengthMaximum = 200;

    private static readonly IdcoValue Nothing = new(null, null);

    /// <param name="sign">Null for what only says which act it is: the number and the time of an episode or a battery.</param>
    public static IdcoValue Of(IdcoObservation observation, VitalSign? sign)
    {
        if (Unusable(observation, sign) is { } mistake)
        {
            return new(null, mistake);
        }

        if (sign is null)
        {
            return Nothing;
        }

        var read = sign.IsCoded ? Code(observation, sign) : Number(observation, sign);
        return read.Value is { } value && sign.Mistake(value) is { } implausible ? new(null, implausible) : read;
    }

    private static string? Unusable(IdcoObservation observation, VitalSign? sign) => observation switch
    {
        // HL7 v2 table 0085: results that are not there, were sent in error or are to be deleted.
        { Status: "X" } => "OBX-11 is X: no result was obtained",
        { Status: "W" or "D" } => $"OBX-11 is {observation.Status}: the sender takes a result back; a person must look for what was sent before",
        { IsRepeated: true } => "OBX-5 has several repetitions",
        { Instance.Length: > LengthMaximum } => $"OBX-4 is longer than {LengthMaximum} characters",
        _ when Longest(observation, sign) > LengthMaximum => $"OBX-5 is longer than {LengthMaximum} characters",
        _ => null,
    };

    private static int Longest(IdcoObservation observation, VitalSign? sign) => sign is null || observation.Coding is null
        ? observation.Number is null ? observation.Text.Length : 0
        : Math.Max(observation.Coding.Length, observation.CodingText.Length);

    // Some senders write an enumeration into a text or a number field.
    private static IdcoValue Code(IdcoObservation observation, VitalSign sign)
    {
        var sent = observation.Coding ?? (observation.Number is null ? observation.Text : observation.Number.Value.ToString(CultureInfo.InvariantCulture));
        return IdcoEnumerations.Read(sign, sent.Trim(), observation.CodingText) is { } coded ? new(coded, null) : Nothing;
    }

    private static IdcoValue Number(IdcoObservation observation, VitalSign sign)
    {
        var (number, comparator) = (observation.Number, observation.Comparator);
        if (number is null)
        {
            var text = observation.Coding ?? observation.Text;
            if (text.Trim().Length == 0 || IdcoEnumerations.IsNothing(text))
            {
                return Nothing;
            }

            if (!IdcoObx.TryNumber(text, out var read, out comparator))
            {
                return new(null, $"{sign.Code} is not a number");
            }

            number = read;
        }

        var unit = IdcoUnits.Of(observation.Unit, sign);
        return UnitConversion.TryConvert(number.Value, unit, sign.Unit, out _)
            ? new(new MeasuredValue.Quantity(number.Value, unit, comparator), null)
            : new(null, unit.Length == 0 ? $"{sign.Code} has no unit" : $"{sign.Code} has a unit that is not one of {sign.Unit}");
    }
}
