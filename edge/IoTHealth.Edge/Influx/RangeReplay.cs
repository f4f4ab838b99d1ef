using System.Globalization;
using System.Text.Json.Nodes;
using IoTHealth.Edge.Intake;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Registry;
using IoTHealth.Edge.Uplink;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Influx;

/// <summary>
/// The cloud wants a range of instants again: what the journal still holds is sent again as backlog; what it does not is taken out of
/// the local history and appended anew, with the id and revision it had. All of it is durable before the answer, and what the cloud has
/// already folds there. It looks through all of the journal, for what was taken long ago may have come just now: <see cref="ReplayQueue"/>.
/// </summary>
/// <param name="journal">The log.</param>
/// <param name="clocks">What is known of clocks: instants are meant as they are known now.</param>
/// <param name="registry">Devices by key.</param>
/// <param name="sendAgain">Takes positions back from what the cloud is known to hold, durably.</param>
/// <param name="history">The local history; null for none.</param>
public sealed class RangeReplay(
    IJournal journal, ClockLog clocks, DeviceRegistry registry, Func<IReadOnlyList<Interval>, Task> sendAgain, InfluxHistory? history) : ICloudCommand
{
    /// <summary>One answer's worth; a longer range is asked for in pieces.</summary>
    private const int ReadingsMaximum = 200_000;

    private const int BatchEntries = 5_000;
    private const int BatchBytes = 4 * 1024 * 1024;

    public string Name => "replay";

    /// <exception cref="ArgumentException">The request cannot be understood.</exception>
    public static void Check(JsonNode? request) => _ = Parse(request);

    public async Task<CommandAnswer> RunAsync(JsonNode? request, CancellationToken cancellation)
    {
        var (from, to, key) = Parse(request);
        DeviceId? device = key is null ? null
            : registry.Find(key)?.Context.Id ?? throw new ArgumentException($"no device '{key}' is registered");
        var (runs, held) = InJournal(from, to, device, cancellation);
        if (held.Count > ReadingsMaximum)
        {
            return TooMany();
        }

        var anew = new List<NewEntry>();
        if (history is { CanRead: true })
        {
            await foreach (var reading in history.ReadAsync(from, to, key, cancellation))
            {
                var revision = WireForm.RevisionOf(reading);
                if (held.Add((reading.Id, revision)))
                {
                    anew.Add(new NewEntry(EntryKind.Measurement, reading.Id, revision, PriorityOf(reading), WireForm.Encode(reading)) { IsAgain = true });
                }

                if (held.Count > ReadingsMaximum)
                {
                    return TooMany();
                }
            }
        }

        await sendAgain([.. runs]);
        foreach (var batch in anew.Chunk(BatchEntries))
        {
            await journal.WriteAsync(new JournalWrite { Entries = batch }, cancellation);
        }

        return new CommandAnswer(200, new JsonObject { ["queued"] = runs.Count + anew.Count, ["fromHistory"] = anew.Count });
    }

    private (IntervalSet Runs, HashSet<(MeasurementId, ulong)> Held) InJournal(DateTimeOffset from, DateTimeOffset to, DeviceId? device, CancellationToken cancellation)
    {
        var runs = new IntervalSet();
        var held = new HashSet<(MeasurementId, ulong)>();
        for (long position = 1; position <= journal.Head && held.Count <= ReadingsMaximum;)
        {
            cancellation.ThrowIfCancellationRequested();
            var entries = journal.Read(position, long.MaxValue, BatchEntries, BatchBytes);
            foreach (var entry in entries.Where(entry => entry.Kind == EntryKind.Measurement))
            {
                if (WireForm.TryDecodeMeasurement(entry.Payload, out var reading, out _) && (device is null || reading.Device == device) &&
                    InstantRevision.Revise(reading, clocks.Book).Time.Instant is var instant && instant >= from && instant < to)
                {
                    runs.Add(entry.Position);
                    held.Add((entry.Id, entry.Revision));
                }
            }

            position = entries.Count == 0 ? long.MaxValue : entries[^1].Position + 1;
        }

        return (runs, held);
    }

    private static EntryPriority PriorityOf(Measurement reading) =>
        VitalSignCatalogue.Kinds.TryGetValue(reading.Kind, out var kind) ? kind.Priority : EntryPriority.Reading;

    private static CommandAnswer TooMany() => new(
        413, new JsonObject { ["reason"] = $"the range holds more than {ReadingsMaximum} readings: ask for it in pieces" });

    private static (DateTimeOffset From, DateTimeOffset To, string? Device) Parse(JsonNode? request)
    {
        if (request is not JsonObject asked)
        {
            throw new ArgumentException("asked for is {\"from\":\"…Z\",\"to\":\"…Z\",\"device\":\"<key>\"}");
        }

        var (from, to) = (Instant(asked, "from"), Instant(asked, "to"));
        return from < to
            ? (from, to, asked["device"] is null ? null : asked["device"] is JsonValue value && value.TryGetValue<string>(out var key) ? key : throw new ArgumentException("'device' is no key"))
            : throw new ArgumentException("'to' is not after 'from'");
    }

    private static DateTimeOffset Instant(JsonObject asked, string name) =>
        asked[name] is JsonValue value && value.TryGetValue<string>(out var text) &&
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? instant
            : throw new ArgumentException($"'{name}' is no instant such as 2026-11-24T00:00:00Z");
}
