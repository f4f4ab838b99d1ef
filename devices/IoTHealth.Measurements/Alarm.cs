namespace IoTHealth.Measurements;

/// <summary>A rule held for a device. Its id is made of rule, device and trigger, so a replay raises the same alarm.</summary>
/// <param name="Id">Deterministic id.</param>
/// <param name="Rule">Key of the rule in the rule file.</param>
/// <param name="Device">The device that triggered it.</param>
/// <param name="Trigger">The measurement that triggered it.</param>
/// <param name="Instant">Corrected instant of the trigger.</param>
/// <param name="Raised">The gateway's wall clock when it was raised.</param>
/// <param name="Severity"><c>low</c>, <c>medium</c> or <c>high</c> (IEC 60601-1-8 priorities).</param>
/// <param name="Place">Where the device stands, for example a bed label; never a person.</param>
/// <param name="TextJa">What staff read, Japanese.</param>
/// <param name="TextEn">What staff read, English.</param>
/// <param name="History">True when the reading came too late to call anyone.</param>
public sealed record Alarm(
    MeasurementId Id,
    string Rule,
    DeviceId Device,
    MeasurementId Trigger,
    DateTimeOffset Instant,
    DateTimeOffset Raised,
    string Severity,
    string Place,
    string TextJa,
    string TextEn,
    bool History);

/// <summary>Somebody took an alarm on: the only thing that silences it.</summary>
/// <param name="Alarm">The alarm.</param>
/// <param name="By">Account or station that acknowledged.</param>
/// <param name="At">The gateway's wall clock, UTC.</param>
public sealed record Acknowledgement(MeasurementId Alarm, string By, DateTimeOffset At);
