using System.Globalization;

namespace IoTHealth.Measurements;

/// <summary>Who held a device, when, and who said so.</summary>
/// <param name="Device">The device.</param>
/// <param name="Resident">Opaque key of the resident.</param>
/// <param name="From">First instant, inclusive.</param>
/// <param name="To">End, exclusive; null while it lasts.</param>
/// <param name="Author">Account that made it.</param>
/// <param name="Recorded">When it was made.</param>
/// <param name="Slot">User slot of a device that several share; null for the whole device.</param>
public sealed record Assignment(
    DeviceId Device,
    string Resident,
    DateTimeOffset From,
    DateTimeOffset? To,
    string Author,
    DateTimeOffset Recorded,
    int? Slot = null)
{
    /// <summary>Deterministic id: the same statement made twice is one entry.</summary>
    public MeasurementId Id => Slot is { } slot
        ? MeasurementId.Of("assignment", Device.Key, Resident, Ticks(From), Ticks(To), Author, slot.ToString(CultureInfo.InvariantCulture))
        : MeasurementId.Of("assignment", Device.Key, Resident, Ticks(From), Ticks(To), Author);

    private static string Ticks(DateTimeOffset? instant) => instant?.UtcTicks.ToString(CultureInfo.InvariantCulture) ?? "";

    public bool Covers(DateTimeOffset instant) => From <= instant && (To is null || instant < To);
}
