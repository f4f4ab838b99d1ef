using IoTHealth.Devices;
using IoTHealth.Edge.Intake;
using IoTHealth.Edge.Journal;
using IoTHealth.Measurements;
using IoTHealth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace IoTHealth.Edge.Tests.Intake;

/// <summary>
/// One gateway and one device whose clocks may be wrong, and the truth beside them: real intake, journal and clock watch on a clock
/// that tests set. What the device measured, and when in truth, is kept here and compared with what the journal holds.
/// </summary>
internal sealed class ClockScene : IAsyncDisposable
{
    private const string Kind = "heart-rate";

    private readonly TestFolder _folder = new();
    private readonly SteppingClock _clock;
    private readonly SqliteJournal _journal;
    private readonly List<(int Sequence, DateTimeOffset Truth, DeviceTime? Shown)> _waiting = [];
    private readonly Dictionary<MeasurementId, DateTimeOffset> _truth = [];

    private ClockWatch? _watch;
    private ClockLog _log = null!;
    private GatewayClock _gateway = null!;
    private MeasurementIntake _intake = null!;
    private int _sequence;
    private int _looks;

    public ClockScene(string start, string zone, string gateway = "gw-01")
    {
        Device = Sample.Device with { Zone = TimeZoneInfo.FindSystemTimeZoneById(zone) };
        _clock = new SteppingClock(DateTimeOffset.Parse(start, System.Globalization.CultureInfo.InvariantCulture));
        _journal = SqliteJournal.Open(new JournalOptions { Folder = _folder.Path }, gateway, TimeProvider.System, ClockLog.Create);
    }

    public DeviceContext Device { get; }

    public bool IsSynchronised { get; set; } = true;

    /// <summary>How far the device's clock is ahead of its zone.</summary>
    public TimeSpan DeviceAhead { get; set; }

    /// <summary>An offset the device's clock keeps whatever its zone does; null: it follows the zone.</summary>
    public TimeSpan? DeviceOffset { get; set; }

    /// <summary>Whether the device tells its offset.</summary>
    public bool TellsOffset { get; set; }

    public DateTimeOffset Truth => _clock.GetUtcNow() - _clock.Step;

    /// <summary>Starts the gateway's program in a new boot, its wall clock this far from the truth.</summary>
    public async Task BootAsync(TimeSpan wallAhead = default, bool synchronised = true)
    {
        await StopAsync();
        (_clock.Step, IsSynchronised) = (wallAhead, synchronised);
        _log = new ClockLog(_journal);
        _gateway = new GatewayClock(_clock, () => IsSynchronised, LastReceipt.In(_journal, _log.Book), Device.Zone, Guid.NewGuid());
        _intake = new MeasurementIntake(_journal, _gateway, _log);
        _watch = new ClockWatch(_gateway, _log, _clock, NullLogger<ClockWatch>.Instance);
        _looks = ClockEntries();
        await _watch.StartAsync(CancellationToken.None);
        await Eventually.HoldsAsync("the start is in the log", () => ClockEntries() > _looks && _log.Book is not null, TimeSpan.FromSeconds(10));
    }

    /// <summary>The wall clock is set; a time service does it where the gateway is synchronised then.</summary>
    public async Task SetWallAsync(TimeSpan ahead, bool synchronised)
    {
        var before = ClockEntries();
        (_clock.Step, IsSynchronised) = (ahead, synchronised);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await Eventually.HoldsAsync("the step is in the log", () => ClockEntries() > before, TimeSpan.FromSeconds(10));
    }

    public void Wait(TimeSpan time)
    {
        _clock.Skip(time - TimeSpan.FromSeconds(1));
        _clock.Advance(TimeSpan.FromSeconds(1));
    }

    /// <summary>The device's clock as it stands now.</summary>
    public DeviceTime Shown()
    {
        var offset = DeviceOffset ?? Device.Zone.GetUtcOffset(Truth);
        return new DeviceTime(DateTime.SpecifyKind(Truth.UtcDateTime + offset + DeviceAhead, DateTimeKind.Unspecified), TellsOffset ? offset : null);
    }

    /// <summary>The device measures and keeps it.</summary>
    public MeasurementId Measure(bool isTimed = true)
    {
        _waiting.Add((++_sequence, Truth, isTimed ? Shown() : null));
        var id = Sample.HeartRate(_sequence).Id;
        _truth[id] = Truth;
        return id;
    }

    /// <summary>The device tells what it keeps, and its clock where somebody looks; after that it is set where it can be.</summary>
    public async Task DeliverAsync(bool look = false, bool set = false, bool showsDate = true)
    {
        var readings = _waiting.Select(one => Sample.Decoded(Kind, new MeasuredValue.Quantity(60, "/min"), one.Sequence, one.Shown)).ToList();
        _waiting.Clear();
        var clock = look || set ? new DecodedClock(showsDate ? Shown() : null, set) : null;
        await _intake.AcceptAsync(Device, new DecodedUpload(readings, []) { Clock = clock }, TestContext.Current.CancellationToken);
        DeviceAhead = set ? TimeSpan.Zero : DeviceAhead;
        DeviceOffset = set ? null : DeviceOffset;
    }

    /// <summary>The device measures and tells at once, so often, so far apart; or by a line that takes its time.</summary>
    public async Task<IReadOnlyList<MeasurementId>> StreamAsync(int count, TimeSpan apart, TimeSpan line = default)
    {
        var ids = new List<MeasurementId>();
        var sent = new Queue<(DateTimeOffset Due, IReadOnlyList<(int, DateTimeOffset, DeviceTime?)> Kept)>();
        while (ids.Count < count || sent.Count > 0)
        {
            if (ids.Count < count)
            {
                ids.Add(Measure());
                sent.Enqueue((_clock.GetUtcNow() + line, TakeWaiting()));
            }

            while (sent.TryPeek(out var next) && next.Due <= _clock.GetUtcNow())
            {
                PutBack(sent.Dequeue().Kept);
                await DeliverAsync();
            }

            Wait(apart);
        }

        return ids;
    }

    /// <summary>Holds back what the device keeps, to be told later.</summary>
    public IReadOnlyList<(int Sequence, DateTimeOffset Truth, DeviceTime? Shown)> TakeWaiting()
    {
        List<(int, DateTimeOffset, DeviceTime?)> taken = [.. _waiting];
        _waiting.Clear();
        return taken;
    }

    public void PutBack(IEnumerable<(int Sequence, DateTimeOffset Truth, DeviceTime? Shown)> kept) => _waiting.AddRange(kept);

    /// <summary>What the journal holds of a reading, as it was stored.</summary>
    public Measurement Stored(MeasurementId id) => Stored().Single(one => one.Id == id);

    /// <summary>The same with all that is known of clocks.</summary>
    public Measurement Known(MeasurementId id) => InstantRevision.Revise(Stored(id), Book());

    /// <summary>
    /// What must hold whatever happened: each reading is there once under its id, as it was stored and as it is known now the truth
    /// lies within the uncertainty, and what is off by more than two minutes says so.
    /// </summary>
    /// <param name="onlyAsKnown">What was stored before anything could be inferred is not looked at.</param>
    public void HoldsThroughout(bool onlyAsKnown = false)
    {
        var stored = Stored();
        Assert.Equal(_truth.Keys.OrderBy(id => id.ToString(), StringComparer.Ordinal), stored.Select(one => one.Id).OrderBy(id => id.ToString(), StringComparer.Ordinal));
        foreach (var reading in (onlyAsKnown ? [] : stored).Concat(stored.Select(one => InstantRevision.Revise(one, Book()))))
        {
            var error = (reading.Time.Instant - _truth[reading.Id]).Duration();
            var said = $"{reading.Time.Basis}, off by {error}, uncertain by {reading.Time.Uncertainty}, {string.Join(' ', reading.Flags)}";
            Assert.True(error <= reading.Time.Uncertainty, said);
            Assert.True(error <= TimeSpan.FromMinutes(2) || reading.Flags.Any(MeasurementFlag.IsOfClock), said);
        }
    }

    public TimeSpan ErrorOf(Measurement reading) => (reading.Time.Instant - _truth[reading.Id]).Duration();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await _journal.DisposeAsync();
        _folder.Dispose();
    }

    private async Task StopAsync()
    {
        if (_watch is not null)
        {
            await _watch.StopAsync(CancellationToken.None);
            _watch.Dispose();
        }
    }

    // Read from the journal itself, in its order.
    private ClockBook Book() => Entries().Where(entry => entry.Kind == EntryKind.Clock).Aggregate(ClockBook.Empty, (book, entry) =>
        WireForm.TryDecodeClock(entry.Payload, out var clock, out var reason) ? book.With(clock) : throw new InvalidOperationException(reason));

    private List<Measurement> Stored() => [.. Entries().Where(entry => entry.Kind == EntryKind.Measurement).Select(entry =>
        WireForm.TryDecodeMeasurement(entry.Payload, out var measurement, out var reason) ? measurement : throw new InvalidOperationException(reason))];

    private int ClockEntries() => Entries().Count(entry => entry.Kind == EntryKind.Clock);

    private IReadOnlyList<Entry> Entries() => _journal.Read(1, long.MaxValue, int.MaxValue, int.MaxValue);
}
