using System.Collections.Concurrent;
using IoTHealth.Edge.Intake;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Registry;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Live;

/// <summary>The last value of one kind a device sent.</summary>
public sealed record LiveValue(string Kind, string NameJa, string NameEn, string Text, string TextJa, string TextEn, DateTimeOffset Instant);

/// <summary>A device as people look at it.</summary>
public sealed record LiveDevice(string Key, string Place, DateTimeOffset? LastSeen, IReadOnlyList<LiveValue> Values);

/// <summary>
/// Follows the journal for whoever looks: the last value of each device and kind. It keeps no cursor; at start it reads the
/// journal's last entries again, so what it shows is always what is stored, dated by all that is known of clocks now.
/// </summary>
public sealed partial class LiveView(IJournal journal, DeviceRegistry registry, ClockLog clocks, TimeProvider time, ILogger<LiveView> logger) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>Who looks sees no difference; under load each look into the journal brings many entries.</summary>
    private static readonly TimeSpan Together = TimeSpan.FromMilliseconds(50);

    private const int EntriesAtStart = 20_000;
    private const int BatchEntries = 5_000;
    private const int BatchBytes = 4 * 1024 * 1024;

    private readonly ConcurrentDictionary<(DeviceId Device, string Kind), Measurement> _values = new();
    private readonly ConcurrentDictionary<DeviceId, DateTimeOffset> _lastSeen = new();

    /// <summary>Last position it has looked at.</summary>
    public long Position { get; private set; } = Math.Max(0, journal.Head - EntriesAtStart);

    /// <summary>Every registered device, with or without values.</summary>
    public IReadOnlyList<LiveDevice> Devices =>
        [.. registry.Devices.Select(d => d.Context).OrderBy(d => d.Key, StringComparer.Ordinal).Select(device => new LiveDevice(
            device.Key,
            device.Place,
            _lastSeen.TryGetValue(device.Id, out var seen) ? seen : null,
            [.. _values.Where(pair => pair.Key.Device == device.Id).Select(pair => Value(pair.Value)).OrderBy(v => v.Kind, StringComparer.Ordinal)]))];

    /// <summary>What it is doing, for people: <c>following</c>, or why it waits.</summary>
    public string State { get; private set; } = JournalFollower.Following;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var failures = 0; !stoppingToken.IsCancellationRequested;)
        {
            try
            {
                await FollowAsync(stoppingToken);
                (failures, State) = (0, JournalFollower.Following);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                State = e.Message;
                LogWaiting(logger, e.Message);
                await Backoff.WaitAsync(Backoff.Of(failures++, FirstPause, LongestPause), time, stoppingToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task FollowAsync(CancellationToken cancellation)
    {
        await journal.WaitBeyondAsync(Position, cancellation);
        await Task.Delay(Together, time, cancellation);
        var entries = journal.Read(Position + 1, long.MaxValue, BatchEntries, BatchBytes);
        foreach (var entry in entries.Where(entry => entry.Kind == EntryKind.Measurement))
        {
            Show(entry);
        }

        Position = entries.Count > 0 ? entries[^1].Position : journal.Head;
    }

    [LoggerMessage(LogLevel.Warning, "The live view waits and will try again: {Reason}")]
    private static partial void LogWaiting(ILogger logger, string reason);

    private void Show(Entry entry)
    {
        if (!WireForm.TryDecodeMeasurement(entry.Payload, out var measurement, out _))
        {
            return;
        }

        _values.AddOrUpdate((measurement.Device, measurement.Kind), measurement, (_, old) => InstantOf(old) > InstantOf(measurement) ? old : measurement);
        _lastSeen.AddOrUpdate(measurement.Device, measurement.Time.Received, (_, old) => old > measurement.Time.Received ? old : measurement.Time.Received);
    }

    private DateTimeOffset InstantOf(Measurement measurement) => InstantRevision.Revise(measurement, clocks.Book).Time.Instant;

    private LiveValue Value(Measurement measurement)
    {
        var kind = VitalSignCatalogue.Kinds.GetValueOrDefault(measurement.Kind);
        return new LiveValue(
            measurement.Kind, kind?.NameJa ?? measurement.Kind, kind?.NameEn ?? measurement.Kind,
            Join(measurement, kind, sign => sign.Code, Text),
            Join(measurement, kind, sign => sign.NameJa, component => Words(component).Ja),
            Join(measurement, kind, sign => sign.NameEn, component => Words(component).En), InstantOf(measurement));
    }

    // Signs of a panel need their names; a single sign has the kind's.
    private static string Join(Measurement measurement, MeasurementKind? kind, Func<VitalSign, string> name, Func<Component, string> text) => string.Join(
        " ",
        measurement.Components.Select(component =>
            kind is { IsPanel: true } && VitalSignCatalogue.Signs.TryGetValue(component.Sign, out var sign) ? $"{name(sign)} {text(component)}" : text(component)));

    private static (string Ja, string En) Words(Component component) => component.Value switch
    {
        MeasuredValue.Coded coded => VitalSignCatalogue.NameOfCode(coded.Code),
        MeasuredValue.Absent => ("測定なし", "not measured"),
        _ => (Text(component), Text(component)),
    };

    private static string Text(Component component) => component.Value switch
    {
        MeasuredValue.Quantity quantity => quantity.Text,
        MeasuredValue.Coded coded => coded.Code,
        MeasuredValue.Absent absent => $"({absent.Reason})",
        _ => "",
    };
}
