using System.Globalization;
using IoTHealth.Measurements.Wire;

namespace IoTHealth.Measurements;

/// <content>What was measured: numbers, codes, reasons.</content>
public static partial class WireForm
{
    private const NumberStyles NumberForm = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;

    private static ComponentMessage Encode(Component component)
    {
        var message = new ComponentMessage { Sign = component.Sign };
        switch (component.Value)
        {
            case MeasuredValue.Quantity quantity:
                message.Quantity = new QuantityMessage
                {
                    Number = quantity.Number.ToString(CultureInfo.InvariantCulture),
                    Unit = quantity.Unit,
                    Comparator = quantity.Comparator,
                };
                break;
            case MeasuredValue.Coded coded:
                message.Code = new CodeMessage { System = coded.System, Code = coded.Code, Original = coded.Original };
                break;
            case MeasuredValue.Absent absent:
                message.Absent = absent.Reason;
                break;
        }

        return message;
    }

    private static Component Decode(ComponentMessage message) => new(message.Sign, message.ValueCase switch
    {
        ComponentMessage.ValueOneofCase.Quantity => new MeasuredValue.Quantity(
            decimal.Parse(message.Quantity.Number, NumberForm, CultureInfo.InvariantCulture),
            message.Quantity.Unit,
            message.Quantity.Comparator),
        ComponentMessage.ValueOneofCase.Code => new MeasuredValue.Coded(message.Code.System, message.Code.Code, message.Code.Original),
        ComponentMessage.ValueOneofCase.Absent => new MeasuredValue.Absent(message.Absent),
        _ => throw new FormatException($"the component '{message.Sign}' has no value and no reason"),
    });
}
