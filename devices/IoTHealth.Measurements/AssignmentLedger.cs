namespace IoTHealth.Measurements;

/// <summary>
/// Assignments in the order of the log. A later statement of the same device, slot, resident and beginning replaces the earlier
/// one: so an assignment is ended, and one that was a mistake is taken back by ending it where it began.
/// </summary>
public sealed class AssignmentLedger
{
    private readonly Dictionary<(DeviceId Device, int? Slot, string Resident, DateTimeOffset From), Assignment> _current = [];

    public IEnumerable<Assignment> Current => _current.Values;

    public void Add(Assignment assignment) =>
        _current[KeyOf(assignment)] = assignment;

    /// <summary>Whether the statement is what holds already, whenever it was recorded.</summary>
    public bool Holds(Assignment assignment) =>
        _current.TryGetValue(KeyOf(assignment), out var known)
        && known.To == assignment.To && known.Author == assignment.Author;

    private static (DeviceId, int?, string, DateTimeOffset) KeyOf(Assignment assignment) =>
        (assignment.Device, assignment.Slot, assignment.Resident, assignment.From);

    public AssignmentBook ToBook()
    {
        var book = new AssignmentBook();
        foreach (var assignment in _current.Values)
        {
            book.Add(assignment);
        }

        return book;
    }
}
