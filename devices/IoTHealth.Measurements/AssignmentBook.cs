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

    /// <summary>Several residents are named for the instant: it waits for one confirmation. Never guessed.</summary>
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

    public Attribution Resolve(DeviceId device, DateTimeOffset instant)
    {
        if (!_byDevice.TryGetValue(device, out var made))
        {
            return new Attribution.Unassigned();
        }

        var covering = made.Values.Where(a => a.Covers(instant)).ToList();
        var residents = covering.Select(a => a.Resident).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return residents.Count switch
        {
            0 => new Attribution.Unassigned(),
            1 => new Attribution.Resident(residents[0], First(covering).Id),
            _ => new Attribution.Overlapping(residents),
        };
    }

    // Whatever the order in which they arrived.
    private static Assignment First(List<Assignment> covering) => covering
        .OrderBy(a => a.Recorded).ThenBy(a => a.From).ThenBy(a => a.Id.ToString(), StringComparer.Ordinal).First();
}
