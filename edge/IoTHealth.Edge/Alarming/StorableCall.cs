using IoTHealth.Measurements;

namespace IoTHealth.Edge.Alarming;

/// <summary>A call from memory, as it goes into the journal.</summary>
/// <param name="Alarm">The alarm as somebody was first called for it.</param>
/// <param name="Repeat">How often it is repeated.</param>
/// <param name="Told">What each channel has tried.</param>
/// <param name="Acknowledgement">Who has taken it on; null for nobody.</param>
internal sealed record StorableCall(
    Alarm Alarm, TimeSpan Repeat, IReadOnlyList<(string Channel, int Attempts, bool Delivered)> Told, Acknowledgement? Acknowledgement);
