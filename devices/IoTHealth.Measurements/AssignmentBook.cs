namespace IoTHealth.Measurements;

/// <summary>Whose a reading is, or why that is not known.</summary>
public abstract record Attribution
{
    private Attribution()
    {
    }

    /// <summary>All assignments that cover the instant name the same resident.</summary>
    /// <param name="Key">Opaque key of the resident.</param>
    /// <param name="Assignment">The one that was made first.</param>
    public sealed record Resident(string Key, MeasurementId Assignment) : Attribution;

    /// <summary>No assignment covers it: it waits.</summary>
    public sealed record Unassigned : Attribution;

    /// <summary>
    /// Several residents are named for the instant, or several share the device and it does not tell which of them: it waits for one
    /// confirmation. Never guessed.
    /// </summary>
    public sealed record Overlapping(IReadOnlyList<string> Residents) : Attribution;
}

/// <summary>All assignments known to a reader. Not thread-safe.</summary>
public sealed class AssignmentBook
{
    private readonly Dictionary<DeviceId, Dictionary<MeasurementId, Assignment>> _byDevice = [];

    /// <summary>Adds an assignment; false when it is known already. Of one made twice the earlier making counts.</summary>
    public bool Add(Assignment assignment)
    {
        if (!_byDevice.TryGetValue(assignment.Device, out var made))
        {
            _byDevice[assignment.Device] = made = [];
        }

        var isKnown = made.TryGetValue(assignment.Id, out var known);
        if (known is null || assignment.Recorded < known.Recorded)
        {
            made[assignment.Id] = assignment;
        }

        return !isKnown;
    }

    /// <summary>Whether several share the device at an instant: an assignment names a slot of it.</summary>
    public bool IsShared(DeviceId device, DateTimeOffset instant) => Covering(device, instant).Any(a => a.Slot is not null);

    /// <summary>
    /// Whose a reading is. Of a device that several share, a reading that tells its slot is that slot's, and one that tells none waits. Once
    /// a slot has been assigned, a reading of another slot is nobody's until that one is assigned too, whoever holds the device as a whole.
    /// </summary>
    /// <param name="device">The device.</param>
    /// <param name="instant">When it measured.</param>
    /// <param name="slot">The slot it tells; of no account while nobody is assigned to a slot.</param>
    public Attribution Resolve(DeviceId device, DateTimeOffset instant, int? slot = null)
    {
        var covering = Covering(device, instant);
        if (slot is not null && HadSlots(device, instant) && covering.All(a => a.Slot != slot))
        {
            return new Attribution.Unassigned();
        }

        if (covering.Any(a => a.Slot is not null))
        {
            if (slot is null)
            {
                return new Attribution.Overlapping(Residents(covering));
            }

            covering = [.. covering.Where(a => a.Slot is null || a.Slot == slot)];
        }

        var residents = Residents(covering);
        return residents.Count switch
        {
            0 => new Attribution.Unassigned(),
            1 => new Attribution.Resident(residents[0], First(covering).Id),
            _ => new Attribution.Overlapping(residents),
        };
    }

    private List<Assignment> Covering(DeviceId device, DateTimeOffset instant) =>
        _byDevice.TryGetValue(device, out var made) ? [.. made.Values.Where(a => a.Covers(instant))] : [];

    private bool HadSlots(DeviceId device, DateTimeOffset instant) =>
        _byDevice.TryGetValue(device, out var made) && made.Values.Any(a => a.Slot is not null && a.From <= instant);

    private static List<string> Residents(List<Assignment> covering) =>
        [.. covering.Select(a => a.Resident).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    // Whatever the order in which they arrived.
    private static Assignment First(List<Assignment> covering) => covering
        .OrderBy(a => a.Recorded).ThenBy(a => a.From).ThenBy(a => a.Id.ToString(), StringComparer.Ordinal).First();
}
