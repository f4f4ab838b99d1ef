using System.Text.Json.Nodes;
using IoTHealth.Devices;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Registry;
using IoTHealth.Measurements;
using IoTHealth.Testing;

namespace IoTHealth.Edge.Tests.Management;

public sealed class LedgerTests
{
    [Fact]
    public async Task Each_device_and_day_is_accounted_for_by_the_running_gateway_and_by_the_journal_of_a_stopped_one()
    {
        await using var gateway = await BuiltGateway.StartAsync();
        var device = gateway.Part<DeviceRegistry>().Find("robot-01")!.Context;
        await gateway.Part<IMeasurementSink>().AcceptAsync(
            device,
            new DecodedUpload(
                [.. Enumerable.Range(1, 5).Select(i => Sample.Decoded("heart-rate", new MeasuredValue.Quantity(i == 5 ? 999 : 60, "/min"), i))], [new Refusal("unreadable", "?"u8.ToArray())]),
            TestContext.Current.CancellationToken);
        var readings = gateway.Part<SqliteJournal>().Read(1, long.MaxValue, 100, int.MaxValue).Where(entry => entry.Kind == EntryKind.Measurement).ToList();
        await gateway.Part<SqliteJournal>().WriteAsync(
            new JournalWrite { Rows = (connection, _) => Ledger.Delivered(connection, [new Interval(readings[0].Position, readings[2].Position)]) }, TestContext.Current.CancellationToken);

        // measured, delivered, waiting, quarantined
        int[] expected = [6, 3, 1, 2];
        Assert.Equal(expected, await SumAsync(gateway));
        var text = await gateway.CommandAsync("ledger", "--device", "robot-01");
        Assert.Contains("balanced / 一致", text.Output, StringComparison.Ordinal);
        Assert.Equal(0, text.ExitCode);
        Assert.Equal(1, (await gateway.CommandAsync("ledger", "--device", "robot-99")).ExitCode);

        // A control: what does not add up is named, and fails.
        await gateway.Part<SqliteJournal>().WriteAsync(
            new JournalWrite { Rows = (connection, _) => JournalTables.Execute(connection, "update ledger set measured = measured + 1") }, TestContext.Current.CancellationToken);
        var wrong = await gateway.CommandAsync("ledger");
        Assert.Equal(1, wrong.ExitCode);
        Assert.Contains("robot-01: 7 measured, 6 accounted for", wrong.Output, StringComparison.Ordinal);
        await gateway.Part<SqliteJournal>().WriteAsync(
            new JournalWrite { Rows = (connection, _) => JournalTables.Execute(connection, "update ledger set measured = measured - 1") }, TestContext.Current.CancellationToken);

        await gateway.App.StopAsync(TestContext.Current.CancellationToken);
        await gateway.Part<SqliteJournal>().DisposeAsync();
        Assert.Equal(expected, await SumAsync(gateway));
    }

    private static async Task<int[]> SumAsync(BuiltGateway gateway)
    {
        var run = await gateway.CommandAsync("ledger", "--json");
        Assert.True(run.ExitCode == 0, run.Output + run.Errors);
        var sum = JsonNode.Parse(run.Output)!["sum"]!;
        return [(int)sum["measured"]!, (int)sum["delivered"]!, (int)sum["waiting"]!, (int)sum["quarantined"]!];
    }
}
