using IoTHealth.Edge.Assignments;
using IoTHealth.Edge.Journal;
using IoTHealth.Measurements;
using IoTHealth.Testing;

namespace IoTHealth.Edge.Tests.Assignments;

public sealed class AssignmentDeskTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private readonly SteppingClock _time = new(Sample.Noon);
    private SqliteJournal _journal = null!;
    private AssignmentDesk _desk = null!;

    public ValueTask InitializeAsync()
    {
        Open();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _journal.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_statement_is_an_entry_that_outlives_a_restart_and_is_made_once()
    {
        await _desk.StateAsync(Of("a", 0));
        await _desk.StateAsync(Of("a", 0) with { Recorded = Sample.Noon.AddHours(1) });
        Assert.Equal(1, _journal.Head);
        await _journal.DisposeAsync();
        Open();
        Assert.Equal("a", Assert.Single(_desk.Current).Resident);
    }

    /// <summary>Two statements as resident:from-to/slot, and whether they contradict each other.</summary>
    [Theory]
    [InlineData("a:0-", "b:5-", true)]
    [InlineData("a:0-5", "b:5-", false)]
    [InlineData("a:0-", "a:5-", false)]
    [InlineData("a:0-/1", "b:0-/2", false)]
    [InlineData("a:0-/1", "b:0-/1", true)]
    [InlineData("a:0-", "b:0-/2", true)]
    public async Task Overlaps_are_told(string one, string other, bool conflict)
    {
        await _desk.StateAsync(Read(one));
        await _desk.StateAsync(Read(other));
        Assert.Equal(conflict, _desk.Conflicts().Count == 1);
    }

    /// <summary>Which of two is confirmed, and whose readings are then at hours 2 and 7.</summary>
    [Theory]
    [InlineData("a:0-", "b:5-", 1, "a", "b")]
    [InlineData("a:0-", "b:5-", 0, "a", "a")]
    [InlineData("b:5-", "a:0-", 0, "a", "b")]
    public async Task One_confirmation_resolves_it_here_and_in_the_cloud(string first, string second, int confirmed, string atTwo, string atSeven)
    {
        Assignment[] stated = [Read(first), Read(second)];
        await _desk.StateAsync(stated[0]);
        await _desk.StateAsync(stated[1]);
        Assert.IsType<Attribution.Overlapping>(Cloud().Resolve(Sample.Device.Id, At(7)));

        Assert.Equal(1, await _desk.ConfirmAsync(stated[confirmed].Id, "nurse.sato"));

        Assert.Empty(_desk.Conflicts());
        var book = Cloud();
        Assert.Equal(atTwo, Assert.IsType<Attribution.Resident>(book.Resolve(Sample.Device.Id, At(2))).Key);
        Assert.Equal(atSeven, Assert.IsType<Attribution.Resident>(book.Resolve(Sample.Device.Id, At(7))).Key);
        Assert.Equal(3, _journal.Head);
    }

    [Fact]
    public async Task Confirming_what_nobody_stated_is_told_and_confirming_twice_changes_nothing()
    {
        await _desk.StateAsync(Read("a:0-"));
        Assert.Null(await _desk.ConfirmAsync(Read("z:0-").Id, "nurse.sato"));
        Assert.Equal(0, await _desk.ConfirmAsync(Read("a:0-").Id, "nurse.sato"));
        Assert.Equal(1, _journal.Head);
    }

    // What the cloud makes of the entries it receives, in their order.
    private AssignmentBook Cloud()
    {
        var ledger = new AssignmentLedger();
        foreach (var entry in _journal.Read(1, _journal.Head, 100, int.MaxValue))
        {
            Assert.True(WireForm.TryDecodeAssignment(entry.Payload, out var assignment, out _));
            ledger.Add(assignment);
        }

        return ledger.ToBook();
    }

    private void Open()
    {
        _journal = SqliteJournal.Open(new JournalOptions { Folder = _folder.Path }, "gw-01", _time, AssignmentTable.Create);
        _desk = new AssignmentDesk(_journal, _time);
    }

    private static DateTimeOffset At(int hour) => Sample.Noon.AddHours(hour);

    private static Assignment Of(string resident, int from, int? to = null, int? slot = null) =>
        new(Sample.Device.Id, resident, At(from), to is { } end ? At(end) : null, "nurse.sato", Sample.Noon, slot);

    private static Assignment Read(string text)
    {
        var parts = text.Split(':', '-', '/');
        return Of(parts[0], Number(parts[1])!.Value, Number(parts[2]), parts.Length > 3 ? Number(parts[3]) : null);
    }

    private static int? Number(string text) => text.Length == 0 ? null : int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
