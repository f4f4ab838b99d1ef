using System.Globalization;
using System.Text;
using IoTHealth.Devices;
using IoTHealth.Edge.Intake;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Management.Explaining;

/// <summary>A decoded reading in words: each value with its code (LOINC, MDC) and unit, its time, its identity, and whether it can be true.</summary>
internal static class ReadingText
{
    public static IEnumerable<string> Of(DecodedMeasurement reading)
    {
        var kind = VitalSignCatalogue.Kinds.GetValueOrDefault(reading.Kind);
        yield return $"reading: {reading.Kind} ({kind?.NameJa} / {kind?.NameEn})";
        foreach (var component in reading.Components)
        {
            yield return "  " + Of(component);
        }

        yield return $"  time: {Time(reading.Time)}";
        yield return reading.Stable.IsEmpty
            ? "  identity: none of its own: each receipt is another reading"
            : $"  identity: {Printable(reading.Stable.AsSpan())} occurrence {reading.Occurrence.ToString(CultureInfo.InvariantCulture)}";
        if (!reading.Flags.IsEmpty)
        {
            yield return $"  flags: {string.Join(", ", reading.Flags)}";
        }

        yield return Plausibility.Mistake(reading) is { } mistake ? $"  REFUSED / 拒否: {mistake}" : "  accepted / 受理";
    }

    private static string Of(Component component)
    {
        var sign = VitalSignCatalogue.Signs.GetValueOrDefault(component.Sign);
        var codes = string.Join(
            ", ",
            new[] { sign?.Loinc is { } loinc ? $"LOINC {loinc}" : null, sign?.Mdc is { } mdc ? string.Create(CultureInfo.InvariantCulture, $"MDC {mdc}") : null, $"urn:iothealth:sign|{component.Sign}" }
                .OfType<string>());
        var value = component.Value switch
        {
            MeasuredValue.Quantity quantity => quantity.Text + Canonical(quantity, sign),
            MeasuredValue.Coded coded => $"{coded.System}|{coded.Code}" + (coded.Original.Length > 0 ? $" (sent as {coded.Original})" : ""),
            MeasuredValue.Absent absent => $"absent: {absent.Reason}",
            _ => "",
        };
        return $"{component.Sign} = {value} → {codes} ({sign?.NameJa} / {sign?.NameEn})";
    }

    private static string Canonical(MeasuredValue.Quantity quantity, VitalSign? sign) =>
        sign is not null && sign.Unit != quantity.Unit && UnitConversion.TryConvert(quantity.Number, quantity.Unit, sign.Unit, out var number)
            ? string.Create(CultureInfo.InvariantCulture, $" (= {number} {sign.Unit})")
            : "";

    private static string Time(DeviceTime? time) => time is null
        ? "none: the time of receipt stands in"
        : time.Wall.ToString("yyyy-MM-dd HH:mm:ss.FFF", CultureInfo.InvariantCulture) + (time.Offset is { } offset ? $" offset {offset}" : " by the device's clock, in its zone");

    private static string Printable(ReadOnlySpan<byte> bytes)
    {
        foreach (var one in bytes)
        {
            if (one is (< 0x20 or > 0x7e) and not (byte)'\n')
            {
                return Convert.ToHexStringLower(bytes);
            }
        }

        return Encoding.ASCII.GetString(bytes).Trim().Replace('\n', ' ');
    }
}
