using System.Collections.Immutable;
using IoTHealth.Devices;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Management.Metrics;
using IoTHealth.Edge.Management.Tracing;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Intake;

/// <summary>
/// Between drivers and journal: judges plausibility, gives identity and time, and writes readings, documents and refusals in
/// one transaction. Duplicates fold in the journal. Completes once all of it is durable.
/// </summary>
public sealed class MeasurementIntake(IJournal journal, GatewayClock clock, ClockLog clocks, RefusalLog? log = null, GatewayMetrics? metrics = null) : IMeasurementSink
{
    /// <summary>An entry must fit into one message to the cloud, with nothing of it compressed away.</summary>
    private const int PayloadMaximum = 192 * 1024;

    private readonly DeviceLooks _looks = new();
    private readonly SteadyDelays _delays = new();

    public async ValueTask AcceptAsync(DeviceContext device, DecodedUpload upload, CancellationToken cancellation)
    {
        using var intake = GatewayTrace.Begin("intake");
        var received = clock.Now();
        var look = upload.Clock is { } clockLook ? _looks.Worth(device, clockLook, received) : _delays.Infer(device, upload, received, clocks.Book);
        var write = Judge(device, upload, received, look);
        using (GatewayTrace.Begin("journal commit"))
        {
            GatewayTrace.Stored(await journal.WriteAsync(write, cancellation));
        }

        if (look is not null)
        {
            clocks.Know([look]);
            if (!look.IsInferred)
            {
                _looks.Kept(look);
            }
        }

        metrics?.Taken(device.Key, write.Entries.Count(entry => entry.Kind == EntryKind.Measurement), write.Quarantine.Count);
        foreach (var one in write.Quarantine)
        {
            log?.Say(one.Source, one.Reason);
        }
    }

    /// <summary>What an upload comes to, without writing it: entries of what can be true, quarantine of what cannot.</summary>
    /// <param name="device">Whose it is.</param>
    /// <param name="upload">What its driver read.</param>
    /// <param name="received">When it came.</param>
    public JournalWrite Judge(DeviceContext device, DecodedUpload upload, GatewayMoment received) => Judge(device, upload, received, look: null);

    private JournalWrite Judge(DeviceContext device, DecodedUpload upload, GatewayMoment received, ClockEntry? look)
    {
        var origin = new Origin(device.Id.Value, clock.DayOf(received));
        var book = look is null ? clocks.Book : clocks.Book.With(look);
        var entries = new List<NewEntry>(upload.Measurements.Count + 1);
        entries.AddRange(look is null ? [] : [clocks.ToEntry(look)]);
        var refused = upload.Refusals.Select(refusal => new QuarantinedBytes(device.Key, refusal.Reason, refusal.Raw) { Origin = origin }).ToList();
        foreach (var decoded in upload.Measurements)
        {
            if (Plausibility.Mistake(decoded) is { } mistake)
            {
                refused.Add(new QuarantinedBytes(device.Key, mistake, decoded.Raw) { Origin = origin });
            }
            else if (ToEntry(Complete(device, decoded, received, book), origin) is var entry && entry.Payload.Length > PayloadMaximum)
            {
                refused.Add(new QuarantinedBytes(device.Key, $"the reading has {entry.Payload.Length} bytes, more than a message to the cloud holds", decoded.Raw) { Origin = origin });
            }
            else
            {
                entries.Add(entry);
            }
        }

        entries.AddRange(upload.Documents.SelectMany(document => Parts(device, document, received, book)));
        return new JournalWrite
        {
            Entries = entries,
            Quarantine = refused,
            Rows = look is null ? null : (connection, positions) => ClockLog.Store(connection, entries, positions),
        };
    }

    private static Measurement Complete(DeviceContext device, DecodedMeasurement decoded, GatewayMoment received, ClockBook book)
    {
        var (time, flags) = InstantCorrection.Correct(decoded.Time, device, received, InstantRevision.IsRemembered(decoded.Kind), book);
        if (decoded.Flags.Contains(MeasurementFlag.TimeOfDayUnknown) && time.Uncertainty < TimeSpan.FromDays(1))
        {
            time = time with { Uncertainty = TimeSpan.FromDays(1) };
        }

        var (basis, stable) = decoded.Stable.IsEmpty
            ? (IdentityBasis.Received, ImmutableArray.Create(Guid.NewGuid().ToByteArray()))
            : (IdentityBasis.Record, decoded.Stable);
        return new Measurement
        {
            Id = MeasurementId.Of(device.Id, decoded.Kind, stable.AsSpan(), decoded.Occurrence),
            IdentityBasis = basis,
            Device = device.Id,
            Kind = decoded.Kind,
            Stable = stable,
            Occurrence = decoded.Occurrence,
            Time = time,
            Components = decoded.Components,
            Flags = decoded.Flags.AddRange(flags),
            Driver = device.Driver,
        };
    }

    private static IEnumerable<NewEntry> Parts(DeviceContext device, DecodedDocument document, GatewayMoment received, ClockBook book)
    {
        var (time, _) = InstantCorrection.Correct(document.Time, device, received, isRemembered: false, book);
        return DocumentPart.Split(device.Id, document.Title, document.ContentType, document.Content, time)
            .Select(part => new NewEntry(EntryKind.DocumentPart, part.Id, WireForm.RevisionOf(part.Content.Span), EntryPriority.Episode, WireForm.Encode(part)));
    }

    private static NewEntry ToEntry(Measurement measurement, Origin origin) => new(
        EntryKind.Measurement,
        measurement.Id,
        WireForm.RevisionOf(measurement),
        VitalSignCatalogue.Kinds[measurement.Kind].Priority,
        WireForm.Encode(measurement))
    {
        Origin = origin,
    };
}
