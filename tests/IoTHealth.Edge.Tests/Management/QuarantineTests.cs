using System.Text;
using System.Text.Json.Nodes;
using IoTHealth.Devices;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Management;
using IoTHealth.Edge.Registry;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Tests.Management;

public sealed class QuarantineTests
{
    private const string Record = """{"seq":7,"ts":"2026-11-24T03:12:00.123+09:00","hr":61,"rr":14}""";

    [Fact]
    public async Task What_passes_today_is_stored_as_received_when_it_came_and_the_ledger_moves_it()
    {
        await using var gateway = await BuiltGateway.StartAsync();
        var journal = gateway.Part<SqliteJournal>();
        var origin = new Origin(gateway.Part<DeviceRegistry>().Find("robot-01")!.Context.Id.Value, new DateOnly(2026, 11, 20));
        await RefuseAsync(journal, "robot-01", "a reason of a former version", Record, origin);
        await RefuseAsync(journal, "robot-01", "not JSON", "{\"seq\":", origin);
        await RefuseAsync(journal, "unknown-meter", "unreadable", "?", null);
        var at = journal.Quarantine(10).Single(item => item.Number == 1).At;

        var show = await gateway.CommandAsync("quarantine", "show", "1");
        Assert.Contains("7b 22 73 65 71", show.Output, StringComparison.Ordinal);
        Assert.Contains("{\"seq\":7,\"ts\":\"2", show.Output, StringComparison.Ordinal);
        var run = await gateway.CommandAsync("quarantine", "retry", "--all", "--json");
        Assert.Equal(1, run.ExitCode);
        var outcomes = JsonNode.Parse(run.Output)!.AsArray().ToDictionary(one => (long)one!["number"]!, one => one!);
        Assert.Equal(("stored", 2), ((string?)outcomes[1]["outcome"], (int)outcomes[1]["readings"]!));
        Assert.Equal("refused", (string?)outcomes[2]["outcome"]);
        Assert.StartsWith("not JSON: ", (string?)outcomes[2]["reason"], StringComparison.Ordinal);
        Assert.Equal(("not offered", "no device 'unknown-meter' is registered"), ((string?)outcomes[3]["outcome"], (string?)outcomes[3]["reason"]));

        var readings = journal.Read(1, journal.Head, 100, int.MaxValue).Where(entry => entry.Kind == EntryKind.Measurement)
            .Select(entry => WireForm.TryDecodeMeasurement(entry.Payload, out var measurement, out _) ? measurement : null!).ToList();
        Assert.Equal(["heart-rate", "respiration-rate"], readings.Select(reading => reading.Kind));
        Assert.All(readings, reading => Assert.Equal(at.ToUnixTimeMilliseconds(), reading.Time.Received.ToUnixTimeMilliseconds()));

        // The item that passed is done; the unreadable one stays under its new reason, the stranger's as it was.
        Assert.Equal(["not JSON", "unreadable"], journal.Quarantine(10).Select(item => item.Bytes.Reason.Split(':')[0]).Order(StringComparer.Ordinal));
        var lines = journal.Query(connection => Ledger.Read(connection, origin.Day, origin.Day));
        Assert.Equal((3, 2, 1, true), (lines.Single().Measured, lines.Single().Waiting, lines.Single().Quarantined, lines.Single().IsBalanced));

        // Once more changes nothing.
        var head = journal.Head;
        await gateway.CommandAsync("quarantine", "retry", "--all");
        Assert.Equal(head, journal.Head);
        Assert.Equal(2, journal.Quarantine(10).Count);
        Assert.Equal(1, (await gateway.CommandAsync("quarantine", "retry", "1")).ExitCode);
        Assert.Equal(2, (await gateway.CommandAsync("quarantine", "retry")).ExitCode);
    }

    [Fact]
    public async Task What_is_refused_for_the_same_reason_stays_as_it_is()
    {
        await using var gateway = await BuiltGateway.StartAsync();
        var journal = gateway.Part<SqliteJournal>();
        var device = gateway.Part<DeviceRegistry>().Find("robot-01")!.Context;
        await gateway.Part<IMeasurementSink>().AcceptAsync(
            device,
            ((MqttDevice)gateway.Part<DeviceRegistry>().Find("robot-01")!).Driver.Read(
                new Links.Mqtt.MqttMessage("watchover/robot-01/readings", Encoding.UTF8.GetBytes(Record.Replace("61", "999", StringComparison.Ordinal)), 1, false, false), device),
            TestContext.Current.CancellationToken);
        var item = Assert.Single(journal.Quarantine(10));
        var head = journal.Head;
        var outcome = await gateway.Part<QuarantineRetry>().RetryAsync(item.Number, item.At, item.Bytes, TestContext.Current.CancellationToken);
        Assert.Equal(new RetryOutcome(item.Number, "refused", item.Bytes.Reason), outcome);
        Assert.Equal(item.Number, Assert.Single(journal.Quarantine(10)).Number);
        Assert.Equal(head, journal.Head);
    }

    [Fact]
    public async Task The_bytes_of_a_device_whose_key_another_one_has_now_are_not_that_one_s()
    {
        await using var gateway = await BuiltGateway.StartAsync();
        var journal = gateway.Part<SqliteJournal>();
        var former = new Origin(DeviceId.FromSerial("IoTHealth", "WatchOver-1", "R-OLD").Value, new DateOnly(2026, 11, 24));
        await RefuseAsync(journal, "robot-01", "a driver of then did not know it", Record, former);
        var head = journal.Head;
        var item = Assert.Single(journal.Quarantine(10));
        var outcome = await gateway.Part<QuarantineRetry>().RetryAsync(item.Number, item.At, item.Bytes, TestContext.Current.CancellationToken);
        Assert.Equal(("not offered", "they came from another device than the one that is 'robot-01' now"), (outcome.Outcome, outcome.Reason));
        Assert.Equal(head, journal.Head);
    }

    private static async Task RefuseAsync(SqliteJournal journal, string source, string reason, string raw, Origin? origin) => await journal.WriteAsync(
        new JournalWrite { Quarantine = [new QuarantinedBytes(source, reason, Encoding.UTF8.GetBytes(raw)) { Origin = origin }] }, TestContext.Current.CancellationToken);
}
