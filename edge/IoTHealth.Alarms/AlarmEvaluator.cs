using System.Globalization;
using IoTHealth.Measurements;

namespace IoTHealth.Alarms;

/// <summary>
/// Which alarms a measurement raises. Pure: the same measurement, rules and clock give the same alarms with the same ids.
/// </summary>
/// <param name="rules">The rule file.</param>
/// <param name="zone">Zone of the rules' local times.</param>
public sealed class AlarmEvaluator(RuleBook rules, TimeZoneInfo zone)
{
    private static readonly TimeSpan WorthSaying = TimeSpan.FromMinutes(1);

    /// <param name="measurement">A plausible measurement.</param>
    /// <param name="place">Where its device stands.</param>
    /// <param name="now">When it is judged: the alarm is raised then. Lateness counts until it was received, so that a delay of our own hides nothing.</param>
    /// <param name="clockBehind">How far the device's clock is known to be behind; a slow clock is not lateness.</param>
    public IEnumerable<(Alarm Alarm, AlarmRule Rule)> Evaluate(
        Measurement measurement, string place, DateTimeOffset now, TimeSpan clockBehind = default)
    {
        foreach (var rule in rules.For(measurement.Kind))
        {
            var value = measurement.Components.FirstOrDefault(c => c.Sign == rule.JudgedSign)?.Value;
            if (value is not null && Holds(rule, value) && IsItsTime(rule, measurement.Time.Instant + clockBehind))
            {
                var isLate = measurement.Time.Received - measurement.Time.Instant - clockBehind > TimeSpan.FromSeconds(rule.LatenessSeconds);
                yield return (Raise(rule, measurement, value, place, now, Late(measurement, clockBehind)) with { History = isLate }, rule);
            }
        }
    }

    private static bool Holds(AlarmRule rule, MeasuredValue value) => value switch
    {
        MeasuredValue.Coded coded => rule.Codes.Contains(coded.Code),
        MeasuredValue.Quantity quantity => Holds(rule, quantity),
        _ => false,
    };

    private static bool Holds(AlarmRule rule, MeasuredValue.Quantity quantity)
    {
        var unit = VitalSignCatalogue.Signs[rule.JudgedSign].Unit;
        return UnitConversion.TryConvert(quantity.Number, quantity.Unit, unit, out var number) && Holds(rule, quantity.Comparator, number);
    }

    // A meter that shows only a bound ('over 600') says nothing of the other side.
    private static bool Holds(AlarmRule rule, string comparator, decimal number) => comparator switch
    {
        ">" => number >= rule.Above,
        "<" => number <= rule.Below,
        _ => number > rule.Above || number < rule.Below,
    };

    private bool IsItsTime(AlarmRule rule, DateTimeOffset instant) =>
        rule.Between is not { } span || span.Contains(TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime));

    private static Alarm Raise(AlarmRule rule, Measurement measurement, MeasuredValue value, string place, DateTimeOffset now, string late) => new(
        MeasurementId.Of("alarm", rule.Key, measurement.Device.Key, measurement.Id.ToString()),
        rule.Key,
        measurement.Device,
        measurement.Id,
        measurement.Time.Instant,
        now,
        rule.Severity,
        place,
        Fill(rule.Text.Ja, place, value) + late,
        Fill(rule.Text.En, place, value) + late,
        History: false);

    // A call for what happened a while ago says when.
    private string Late(Measurement measurement, TimeSpan clockBehind)
    {
        var instant = measurement.Time.Instant + clockBehind;
        return measurement.Time.Received - instant > WorthSaying
            ? TimeZoneInfo.ConvertTime(instant, zone).ToString(" (HH:mm)", CultureInfo.InvariantCulture)
            : "";
    }

    // The value first: a place may be called anything.
    private static string Fill(string text, string place, MeasuredValue value) => text
        .Replace("{value}", Show(value), StringComparison.Ordinal)
        .Replace("{place}", place, StringComparison.Ordinal);

    private static string Show(MeasuredValue value) => value is MeasuredValue.Quantity quantity
        ? quantity.Text
        : "";
}
