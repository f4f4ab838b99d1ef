using IoTHealth.Edge.Alarming;
using IoTHealth.Edge.Registry;

namespace IoTHealth.Edge.Management.Api;

/// <summary>The newest alarms and what became of their calls, as <c>/alarms</c> and <c>/live</c> tell them.</summary>
internal static class AlarmReport
{
    private const int AlarmsShown = 100;

    public static IEnumerable<object> Of(AlarmDesk desk, DeviceRegistry registry) => desk.List(AlarmsShown).Select(pair => new
    {
        alarm = pair.Alarm.Id.ToString(),
        rule = pair.Alarm.Rule,
        severity = pair.Alarm.Severity,
        device = registry.Find(pair.Alarm.Device)?.Context.Key ?? pair.Alarm.Device.Value,
        place = pair.Alarm.Place,
        instant = pair.Alarm.Instant.UtcDateTime,
        raised = pair.Alarm.Raised.UtcDateTime,
        textJa = pair.Alarm.TextJa,
        textEn = pair.Alarm.TextEn,
        history = pair.Call.History,
        attempts = pair.Call.Attempts,
        delivered = pair.Call.Delivered,
        acknowledgedBy = pair.Call.AcknowledgedBy,
        acknowledgedAt = pair.Call.AcknowledgedAt?.UtcDateTime,
    });
}
