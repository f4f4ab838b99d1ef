using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using IoTHealth.Cloud.Log;
using IoTHealth.Measurements;
using IoTHealth.Testing;

namespace IoTHealth.Cloud.Tests.Hub;

/// <summary>What is missing is asked for, until it has come or is known to be gone.</summary>
public sealed class ResendTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    private readonly CloudFolder _folder = new();
    private readonly ConcurrentQueue<string> _asked = [];
    private RunningCloud _cloud = null!;

    public async ValueTask InitializeAsync() => _cloud = await RunningCloud.StartAsync(_folder);

    public async ValueTask DisposeAsync()
    {
        await _cloud.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Holes_are_filled_by_what_is_sent_again_and_by_what_is_gone()
    {
        await using var gateway = await GatewayAsync();
        await gateway.PublishAsync(Readings.HeartRates(1, 2));
        await gateway.PublishAsync(Readings.HeartRates(5, 1) with { Head = 8 });
        await AskedAsync("[[3,4],[6,8]]");

        await gateway.PublishAsync(Readings.HeartRates(3, 1));
        await gateway.PublishAsync(Readings.Batch(Readings.Entry(8, Readings.Gone((4, 4), (6, 7)))));

        Assert.Equal((5, 0, 3), await _cloud.JournalAsync());
    }

    [Fact]
    public async Task Whoever_comes_is_asked_at_once_for_what_was_missing_before()
    {
        await using (var before = await _cloud.ConnectAsync())
        {
            await before.PublishAsync(Readings.HeartRates(1, 1) with { Head = 4 });
        }

        await using var gateway = await GatewayAsync();
        await AskedAsync("[[2,4]]");
    }

    [Fact]
    public async Task The_last_entries_of_a_quiet_gateway_are_asked_for_by_the_head_it_reports()
    {
        await using var gateway = await GatewayAsync();
        await gateway.PublishAsync(Readings.HeartRates(1, 2));
        await gateway.PublishAsync(
            "$iothub/twin/PATCH/properties/reported/?$rid=1",
            System.Text.Encoding.UTF8.GetBytes($$$"""{"journal":{"guid":"{{{Readings.Journal.Guid}}}","head":4}}"""));

        await AskedAsync("[[3,4]]");
        Assert.Equal((2, 2, 0), await _cloud.JournalAsync());
    }

    [Theory]
    [InlineData("""{"journal":5}""")]
    [InlineData("""{"journal":{"guid":"x","head":4}}""")]
    [InlineData("""{"journal":{"guid":"6f6e9f0a-0000-4000-8000-000000000001","head":-4}}""")]
    [InlineData("""{"journal":{"guid":"6f6e9f0a-0000-4000-8000-000000000001","head":9223372036854775807}}""")]
    [InlineData("""{"journal":{"guid":"6f6e9f0a-0000-4000-8000-000000000001","head":"4"}}""")]
    public async Task A_head_that_is_none_changes_nothing(string patch)
    {
        await using var gateway = await _cloud.ConnectAsync();
        await gateway.PublishAsync(Readings.HeartRates(1, 2));
        await gateway.PublishAsync("$iothub/twin/PATCH/properties/reported/?$rid=1", System.Text.Encoding.UTF8.GetBytes(patch));

        Assert.Equal((2, 0, 0), await _cloud.JournalAsync());
    }

    [Fact]
    public async Task A_twin_tells_up_to_where_each_journal_was_received()
    {
        await using var gateway = await _cloud.ConnectAsync();
        await gateway.PublishAsync(Readings.HeartRates(1, 2));
        await gateway.PublishAsync(Readings.HeartRates(7, 1));
        await gateway.SubscribeAsync("$iothub/twin/res/#");

        var twin = JsonNode.Parse((await gateway.AskTwinAsync("$iothub/twin/GET/?$rid=2")).Body)!;
        Assert.Equal($$"""{"{{Readings.Journal.Guid}}":7}""", twin["desired"]!["received"]!.ToJsonString());
    }

    /// <summary>
    /// Yesterday's copy of the cloud's log: what was acknowledged since is asked for again, and the gateway, which follows the
    /// seam, sends it again.
    /// </summary>
    [Fact]
    public async Task A_cloud_restored_from_an_earlier_copy_gets_back_what_it_lost()
    {
        await using (var gateway = await _cloud.ConnectAsync())
        {
            await gateway.PublishAsync(Readings.HeartRates(1, 40));
            await _cloud.DisposeAsync();
        }

        CopyData("data", "yesterday");
        _cloud = await RunningCloud.StartAsync(_folder);
        await using (var gateway = await _cloud.ConnectAsync())
        {
            await gateway.PublishAsync(Readings.HeartRates(41, 60));
            Assert.Equal((100, 0, 0), await _cloud.JournalAsync());
            await _cloud.DisposeAsync();
        }

        Directory.Delete(_folder.Folder.File("data"), recursive: true);
        CopyData("yesterday", "data");
        _cloud = await RunningCloud.StartAsync(_folder);
        await using var resending = await ResendingGatewayAsync();
        Assert.Equal((40, 0, 0), await _cloud.JournalAsync());

        // All were acknowledged, so nothing but the next live reading tells the cloud what it lacks.
        await resending.PublishAsync(Readings.HeartRates(101, 1));

        await Eventually.SeesAsync("all of it", _ => _cloud.JournalAsync(), state => state == (101, 0, 0), Soon);
        Assert.Equal("[[41,100]]", Assert.Single(_asked));
    }

    private async Task<Gateway> GatewayAsync()
    {
        var gateway = await _cloud.ConnectAsync();
        await gateway.AnswerAsync("resend", body =>
        {
            Note(body);
            return (200, """{"queued":0,"gone":0}""");
        });
        return gateway;
    }

    private async Task<Gateway> ResendingGatewayAsync()
    {
        var gateway = await _cloud.ConnectAsync();
        await gateway.AnswerAsync("resend", body =>
        {
            foreach (var run in Note(body))
            {
                _ = gateway.PublishAsync(Readings.HeartRates((int)run.From, (int)run.Count));
            }

            return (200, """{"queued":60,"gone":0}""");
        });
        return gateway;
    }

    private List<Interval> Note(string body)
    {
        var request = JsonNode.Parse(body)!;
        Assert.Equal(Readings.Journal.Guid.ToString(), (string?)request["journal"]);
        _asked.Enqueue(request["runs"]!.ToJsonString());
        return [.. request["runs"]!.AsArray().Select(run => new Interval((long)run![0]!, (long)run[1]!))];
    }

    private Task AskedAsync(string runs) => Eventually.SeesAsync(
        $"asked for {runs}", _ => Task.FromResult(string.Join(' ', _asked)), asked => asked.Split(' ').Contains(runs), Soon);

    private void CopyData(string from, string to)
    {
        Directory.CreateDirectory(_folder.Folder.File(to));
        foreach (var file in Directory.EnumerateFiles(_folder.Folder.File(from)))
        {
            File.Copy(file, Path.Combine(_folder.Folder.File(to), Path.GetFileName(file)));
        }
    }
}
