using IoTHealth.Cloud.Log;
using IoTHealth.Cloud.Patients;
using IoTHealth.Measurements;
using IoTHealth.Testing;
using Microsoft.Extensions.Time.Testing;
using Moq;

namespace IoTHealth.Cloud.Tests.Patients;

public sealed class FileAssignmentsTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

    private readonly TestFolder _folder = new();
    private readonly FakeTimeProvider _clock = new(Now);
    private readonly SqliteMeasurementLog _log;
    private readonly FileAssignments _assignments;

    public FileAssignmentsTests()
    {
        _log = SqliteMeasurementLog.Open(_folder.File("log.db"));
        var shard = new Mock<ILogShardGrain>();
        shard.Setup(s => s.AppendAsync(It.IsAny<EntryBatch>())).Returns(async (EntryBatch batch) =>
            await _log.AppendAsync(await _log.TakeOverAsync(0, Stop), [batch], _clock.GetUtcNow(), Stop));
        var grains = new Mock<IGrainFactory>();
        grains.Setup(g => g.GetGrain<ILogShardGrain>(It.IsAny<long>(), null)).Returns(shard.Object);
        _assignments = new FileAssignments(_log, grains.Object, _clock);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _log.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_same_file_appends_once()
    {
        Assert.Equal(1, await BringAsync(ResidentsText.Assignment()));
        Assert.Equal(0, await BringAsync(ResidentsText.Assignment()));
        Assert.IsType<Attribution.Resident>(await AtAsync(Now));
    }

    [Fact]
    public async Task An_assignment_is_ended_by_its_to_and_the_device_goes_on_to_another()
    {
        await BringAsync(ResidentsText.Assignment());
        await BringAsync(ResidentsText.Assignment(to: "2026-11-20T00:00:00Z"), ResidentsText.Assignment("r-002", "2026-11-20T00:00:00Z"));

        Assert.Equal("r-001", Assert.IsType<Attribution.Resident>(await AtAsync(Now.AddDays(-10))).Key);
        Assert.Equal("r-002", Assert.IsType<Attribution.Resident>(await AtAsync(Now)).Key);
    }

    [Fact]
    public async Task A_changed_resident_replaces_the_mistake_from_its_beginning()
    {
        await BringAsync(ResidentsText.Assignment());
        await BringAsync(ResidentsText.Assignment("r-002"));

        Assert.Equal("r-002", Assert.IsType<Attribution.Resident>(await AtAsync(Now.AddDays(-10))).Key);
    }

    [Fact]
    public async Task A_line_that_is_gone_ends_now_and_its_history_stays()
    {
        await BringAsync(ResidentsText.Assignment());
        await BringAsync();

        Assert.IsType<Attribution.Resident>(await AtAsync(_clock.GetUtcNow().AddSeconds(-1)));
        Assert.IsType<Attribution.Unassigned>(await AtAsync(_clock.GetUtcNow()));
        Assert.Equal(0, await BringAsync());
    }

    [Fact]
    public async Task A_line_may_come_back()
    {
        await BringAsync(ResidentsText.Assignment());
        await BringAsync();
        await BringAsync(ResidentsText.Assignment());

        Assert.IsType<Attribution.Resident>(await AtAsync(_clock.GetUtcNow()));
    }

    [Fact]
    public async Task Two_residents_at_once_overlap()
    {
        await BringAsync(ResidentsText.Assignment(), ResidentsText.Assignment("r-002", "2026-11-10T00:00:00Z"));

        Assert.IsType<Attribution.Overlapping>(await AtAsync(Now));
    }

    private Task<int> BringAsync(params string[] assignments)
    {
        _clock.Advance(TimeSpan.FromMinutes(1));
        var path = _folder.File("residents.yaml");
        File.WriteAllText(path, ResidentsText.Of("permit", string.Join(", ", assignments)));
        return _assignments.BringAsync(ResidentsFile.Load(path), Stop);
    }

    private async Task<Attribution> AtAsync(DateTimeOffset instant)
    {
        var ledger = new AssignmentLedger();
        foreach (var logged in await _log.ReadKindAsync(EntryKind.Assignment, Stop))
        {
            Assert.True(WireForm.TryDecodeAssignment(logged.Entry.Payload, out var assignment, out _));
            ledger.Add(assignment);
        }

        return ledger.ToBook().Resolve(Readings.Robot, instant);
    }
}
