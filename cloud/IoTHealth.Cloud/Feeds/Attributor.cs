using IoTHealth.Cloud.Log;
using IoTHealth.Cloud.Patients;
using IoTHealth.Measurements;

namespace IoTHealth.Cloud.Feeds;

/// <summary>An assignment entry's place in the log, and its device.</summary>
public sealed record AssignedDevice(int Shard, long Position, DeviceId Device);

/// <summary>Says whose a reading is, from the assignment entries in the log. One for each reader; not thread-safe.</summary>
public sealed class Attributor(IMeasurementLog log)
{
    private const string SlotEnd = ": ";

    private AssignmentBook _book = new();
    private long _assignments = -1;

    /// <summary>The device each assignment entry speaks of.</summary>
    public IReadOnlyList<AssignedDevice> Devices { get; private set; } = [];

    /// <summary>Takes up new assignment entries.</summary>
    /// <returns>The number of assignment entries known.</returns>
    public async Task<long> RefreshAsync(CancellationToken cancellation)
    {
        if (await log.CountAssignmentsAsync(cancellation) != _assignments)
        {
            var entries = await log.ReadKindAsync(EntryKind.Assignment, cancellation);
            var ledger = new AssignmentLedger();
            var devices = new List<AssignedDevice>();
            foreach (var entry in InOrderOfStatement(entries))
            {
                if (WireForm.TryDecodeAssignment(entry.Entry.Payload, out var assignment, out _))
                {
                    ledger.Add(assignment);
                    devices.Add(new AssignedDevice(entry.Shard, entry.Position, assignment.Device));
                }
            }

            (_book, _assignments) = (ledger.ToBook(), entries.Count);
            Devices = devices;
        }

        return _assignments;
    }

    // A gateway sends what is new before what an outage left behind: of one journal the positions tell which statement came later.
    private static IEnumerable<LoggedEntry> InOrderOfStatement(IReadOnlyList<LoggedEntry> received)
    {
        var stated = received.GroupBy(entry => entry.Journal).ToDictionary(
            journal => journal.Key, journal => new Queue<LoggedEntry>(journal.OrderBy(entry => entry.Entry.Position)));
        return received.Select(entry => stated[entry.Journal].Dequeue());
    }

    /// <summary>
    /// Whether a telling is wrong by what is known now. While several are named and its resident is one of them, it is
    /// disputed, not disproved, and stands until there is one confirmation.
    /// </summary>
    public bool Contradicts(DeviceId device, Telling telling, int? slot) => _book.Resolve(device, telling.Instant, slot) switch
    {
        Attribution.Resident known => known.Key != telling.Subject,
        Attribution.Overlapping several => !several.Residents.Contains(telling.Subject),
        _ => true,
    };

    /// <summary>Whether it is worth reading again to say that: which slot of a shared device it came from the telling does not hold.</summary>
    public bool MayContradict(DeviceId device, Telling telling) => _book.IsShared(device, telling.Instant) || Contradicts(device, telling, null);

    /// <summary>The slot that a reason to wait speaks of, or null.</summary>
    public static int? SlotOf(string reason) => reason.IndexOf(SlotEnd, StringComparison.Ordinal) is > 0 and var end ? UserSlot.Of(reason[..end]) : null;

    /// <summary>The resident's key, or null with the reason why the reading waits.</summary>
    public string? Resolve(DeviceId device, DateTimeOffset instant, int? slot, out string reason)
    {
        (var resident, reason) = _book.Resolve(device, instant, slot) switch
        {
            Attribution.Resident known => (known.Key, ""),
            Attribution.Overlapping => (null, "overlapping"),
            _ => ((string?)null, "unassigned"),
        };

        if (resident is null && _book.IsShared(device, instant))
        {
            reason = (slot is { } known ? UserSlot.Flag(known) : UserSlot.Unknown) + SlotEnd + reason;
        }

        return resident;
    }
}
