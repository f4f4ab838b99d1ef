using IoTHealth.Measurements;

namespace IoTHealth.Cloud.Patients;

/// <summary>
/// Assignments in the order of the log. A later statement of the same device, resident and beginning replaces the earlier
/// one: so an assignment is ended, and one that was a mistake is taken back by ending it where it began.
/// </summary>
public sealed class AssignmentLedger
{
    private readonly Dictionary<(DeviceId Device, string Resident, DateTimeOffset From), Assignment> _current = [];

    public IEnumerable<Assignment> Current => _current.Values;

    public void Add(Assignment assignment) =>
        _current[(assignment.Device, assignment.Resident, assignment.From)] = assignment;

    /// <summary>Whether the statement is what holds already, whenever it was recorded.</summary>
    public bool Holds(Assignment assignment) =>
        _current.TryGetValue((assignment.Device, assignment.Resident, assignment.From), out var known)
        && known.To == assignment.To && known.Author == assignment.Author;

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
