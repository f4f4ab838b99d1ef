using IoTHealth.Documents;

namespace IoTHealth.Cloud.Patients;

/// <summary>The mistakes of a residents file that no schema sees. Messages name keys, never persons.</summary>
internal sealed class ResidentsCheck(LocatedDocument<ResidentsFile> document)
{
    private readonly List<string> _mistakes = [];

    /// <exception cref="DocumentException">There is at least one; a line for each.</exception>
    public static ResidentsFile Passed(LocatedDocument<ResidentsFile> document)
    {
        var check = new ResidentsCheck(document);
        check.LookAtResidents(document.Value.Residents);
        check.LookAtAssignments(document.Value.Assignments);
        return check._mistakes.Count == 0
            ? document.Value
            : throw new DocumentException(string.Join(Environment.NewLine, check._mistakes));
    }

    private void LookAtResidents(IReadOnlyList<ResidentEntry> residents)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var holders = new Dictionary<Records.PatientIdentifier, string>();
        for (var i = 0; i < residents.Count; i++)
        {
            var resident = residents[i];
            if (!keys.Add(resident.Key))
            {
                Note($"/residents/{i}/key", $"the resident key '{resident.Key}' stands there twice");
            }
            else if (!holders.TryAdd(resident.Identifier, resident.Key))
            {
                Note($"/residents/{i}/identifier", $"the residents '{holders[resident.Identifier]}' and '{resident.Key}' have one identifier");
            }
        }
    }

    private void LookAtAssignments(IReadOnlyList<AssignmentEntry> assignments)
    {
        var known = document.Value.Residents.Select(resident => resident.Key).ToHashSet(StringComparer.Ordinal);
        var stated = new HashSet<(Measurements.DeviceId, int?, string, DateTimeOffset)>();
        for (var i = 0; i < assignments.Count; i++)
        {
            var assignment = assignments[i];
            if (!known.Contains(assignment.Resident))
            {
                Note($"/assignments/{i}/resident", $"there is no resident '{assignment.Resident}'");
            }

            if (assignment.To < assignment.From)
            {
                Note($"/assignments/{i}/to", "'to' is earlier than 'from'");
            }

            // One of them would replace the other at every load.
            if (!stated.Add((assignment.Device.Id, assignment.Slot, assignment.Resident, assignment.From.ToUniversalTime())))
            {
                Note($"/assignments/{i}", "the same device, resident and 'from' stand there twice");
            }
        }
    }

    private void Note(string pointer, string reason) => _mistakes.Add(document.Mistake(pointer, reason).Message);
}
