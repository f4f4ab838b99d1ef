using IoTHealth.Measurements;

namespace IoTHealth.Edge.Alarming;

/// <summary>An alarm as the nurse sees it.</summary>
/// <param name="Alarm">Id of the alarm.</param>
/// <param name="Position">Journal position of its entry, where its text is sealed.</param>
/// <param name="History">True when nobody is called for it.</param>
/// <param name="AcknowledgedBy">Who took it on, or null.</param>
/// <param name="AcknowledgedAt">When.</param>
/// <param name="Attempts">Number of the last delivery tried, on the channel that tried most.</param>
/// <param name="Delivered">Whether any channel took it.</param>
public sealed record Call(
    MeasurementId Alarm, long Position, bool History, string? AcknowledgedBy, DateTimeOffset? AcknowledgedAt,
    int Attempts, bool Delivered);

/// <summary>A call that a channel owes.</summary>
/// <param name="Alarm">Id of the alarm.</param>
/// <param name="Position">Journal position of its entry.</param>
/// <param name="Rule">Key of the rule; known even where the entry cannot be read.</param>
/// <param name="Device">The device; likewise.</param>
/// <param name="RepeatSeconds">How often it is repeated.</param>
/// <param name="Attempt">Number of this delivery, from 1.</param>
/// <param name="Open">Alarms of this rule and device that nobody has acknowledged, this one included.</param>
public sealed record DueCall(MeasurementId Alarm, long Position, string Rule, DeviceId Device, int RepeatSeconds, int Attempt, int Open);
