using IoTHealth.Devices;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Intake;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Lines;
using IoTHealth.Edge.Registry;
using IoTHealth.Measurements;
using IoTHealth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace IoTHealth.Edge.Tests.Lines;

public sealed class SerialLinesTests : IAsyncLifetime
{
    private const int Records = 480;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TestFolder _folder = new();
    private SqliteJournal _journal = null!;
    private SerialLines _lines = null!;
    private MeterOnALine _meter = null!;

    public async ValueTask InitializeAsync()
    {
        _meter = new MeterOnALine(_folder.File("meter"), Records);
        _journal = SqliteJournal.Open(new JournalOptions { Folder = _folder.File("data"), RecentEntries = 0 }, "gw-01", TimeProvider.System, ClockLog.Create);
        var registry = new DeviceRegistry(Configuration(), DriverCatalog.Load());
        var intake = new MeasurementIntake(_journal, new GatewayClock(TimeProvider.System, () => true, default, Sample.Device.Zone), new ClockLog(_journal));
        _lines = new SerialLines(registry, intake, TimeProvider.System, NullLogger<SerialLines>.Instance);
        await _lines.StartAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await _lines.StopAsync(CancellationToken.None);
        await _journal.DisposeAsync();
        _meter.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_memory_is_read_once_however_often_it_is_uploaded()
    {
        await PlugInAsync();
        Assert.Equal(Records + 2, await _meter.UploadAsync());
        Assert.Equal(Records, Readings().Count);
        await _meter.UploadAsync();
        Assert.Equal(Records, Readings().Count);
        Assert.Empty(_journal.Quarantine(10));
    }

    [Fact]
    public async Task What_is_known_stays_known_when_the_payloads_have_gone()
    {
        await PlugInAsync();
        await _meter.UploadAsync();
        using (var file = JournalTables.Open(Path.Combine(_folder.File("data"), "journal.db"), write: true))
        {
            Assert.Equal(Records, JournalTables.Execute(file, "delete from entry where kind = 1"));
        }

        Assert.Equal(Records + 2, await _meter.UploadAsync());
        Assert.Empty(Readings());
    }

    [Fact]
    public async Task A_meter_pulled_half_way_and_plugged_in_again_ends_complete()
    {
        await PlugInAsync();
        Assert.Equal(241, await _meter.UploadAsync(frames: 241));
        _meter.Unplug();
        await Eventually.HoldsAsync("the line is known to be gone", () => _lines.States["meter-01"] != "connected", Patience);
        Assert.Equal(240, Readings().Count);
        await PlugInAsync();
        Assert.Equal(Records + 2, await _meter.UploadAsync());
        Assert.Equal(Records, Readings().Count);
        Assert.Equal(Records, Readings().Select(entry => entry.Id).Distinct().Count());
    }

    [Fact]
    public async Task Local_times_are_read_in_the_facility_s_zone()
    {
        await PlugInAsync();
        await _meter.UploadAsync();
        Assert.True(WireForm.TryDecodeMeasurement(Readings()[0].Payload, out var first, out _));
        Assert.Equal(new DateTimeOffset(2026, 11, 1, 7, 0, 0, TimeSpan.FromHours(9)), first.Time.Instant);
        Assert.Equal(TimeBasis.DeviceLocal, first.Time.Basis);
    }

    // Beside them stands what the meter's clock showed.
    private List<Entry> Readings() => [.. _journal.Read(1, long.MaxValue, int.MaxValue, int.MaxValue).Where(entry => entry.Kind == EntryKind.Measurement)];

    private Task PlugInAsync()
    {
        _meter.PlugIn();
        return Eventually.HoldsAsync("the line is open", () => _lines.States.GetValueOrDefault("meter-01") == "connected", Patience);
    }

    private EdgeConfiguration Configuration() => Sample.Configuration(
        _folder.Path,
        new DeviceSettings("meter-01", "contour-meter", "Ascensia", "Contour", "C-0001", "101-A", Line: new LineSettings(_folder.File("meter"))));
}
