using IoTHealth.Edge.Intake;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Live;
using IoTHealth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace IoTHealth.Edge.Tests.Live;

public sealed class LiveViewTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_damaged_entry_does_not_end_the_view()
    {
        await using var journal = SqliteJournal.Open(new JournalOptions { Folder = _folder.Path, RecentEntries = 0 }, "gw-01", TimeProvider.System, ClockLog.Create);
        await journal.WriteAsync(Sample.Write(Sample.HeartRate(1)));
        await journal.WriteAsync(new JournalWrite { Rows = (connection, _) => JournalTables.Execute(connection, "update entry set sealed = zeroblob(40)") });
        using var view = new LiveView(journal, Sample.Registry(_folder.Path), new ClockLog(journal), TimeProvider.System, NullLogger<LiveView>.Instance);
        await view.StartAsync(CancellationToken.None);
        await Eventually.HoldsAsync("it says what is wrong", () => view.State.Contains("was changed", StringComparison.Ordinal), TimeSpan.FromSeconds(10));
        Assert.False(view.ExecuteTask!.IsCompleted);
        await view.StopAsync(CancellationToken.None);
    }
}
