using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;
using IoTHealth.Measurements;
using IoTHealth.Testing;

namespace IoTHealth.Cloud.Tests;

public sealed class CloudHostTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    private readonly CloudFolder _folder = new();
    private FhirEndpoint _fhir = null!;
    private CloudHost _host = null!;
    private HttpClient _api = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _fhir = await FhirEndpoint.StartAsync(_folder.Folder);
        _folder.WriteConfiguration(_fhir.Url);
        await StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _api.Dispose();
        await _host.DisposeAsync();
        await _fhir.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_reading_becomes_an_observation_and_a_latest_value_within_a_second()
    {
        await using var gateway = await ConnectAsync();
        await gateway.PublishAsync(Readings.HeartRates(1, 1));
        await DeliveredAsync(1);
        var clock = Stopwatch.StartNew();
        await gateway.PublishAsync(Readings.HeartRates(2, 1));
        await Eventually.HoldsAsync("the second reading is delivered", () => _fhir.Observations.Count == 2, Soon);

        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(1), $"it took {clock.ElapsedMilliseconds} ms");
        var latest = await Eventually.SeesAsync(
            "the latest value", _ => GetAsync("/residents/r-001/latest"),
            body => (string?)body["values"]?.AsArray().FirstOrDefault()?["instant"] == "2026-11-23T18:12:02.123Z", Soon);
        Assert.Equal("58 /min", (string?)latest["values"]![0]!["text"]);
    }

    [Fact]
    public async Task Status_counts_what_came_and_what_became_of_it()
    {
        await using var gateway = await ConnectAsync();
        await gateway.PublishAsync(Readings.HeartRates(1, 10) with { Head = 12 });
        await DeliveredAsync(10);

        var status = await Eventually.SeesAsync(
            "the feed is through", _ => GetAsync("/status"), s => (int?)s["feeds"]![0]!["behind"] == 0 && (int?)s["feeds"]![0]!["delivered"] == 10, Soon);
        Assert.Equal(
            $$"""[{"gateway":"gw-01","journal":"{{Readings.Journal.Guid}}","received":10,"missing":2,"gone":0,"head":12}]""",
            status["gateways"]!.ToJsonString());
    }

    [Fact]
    public async Task A_batch_that_cannot_be_read_is_kept_in_quarantine_and_acknowledged()
    {
        await using var gateway = await ConnectAsync();
        await gateway.PublishAsync("devices/gw-01/messages/events/%24.ct=text%2Fplain/", [1, 2, 3]);

        var row = Assert.Single((await GetAsync("/quarantine")).AsArray())!;
        Assert.Equal(("hub", "gw-01", "AQID"), ((string?)row["source"], (string?)row["gateway"], (string?)row["bytes"]));
    }

    [Fact]
    public async Task A_batch_of_another_gateway_closes_the_session_and_stores_nothing()
    {
        await using var gateway = await ConnectAsync();
        var foreign = Readings.HeartRates(1, 1) with { Journal = new JournalId("gw-02", Guid.NewGuid()) };

        await Assert.ThrowsAnyAsync<Exception>(() => gateway.PublishAsync(foreign));

        Assert.Empty((await GetAsync("/status"))["gateways"]!.AsArray());
    }

    [Fact]
    public async Task A_wrong_key_does_not_come_in() =>
        await Assert.ThrowsAnyAsync<Exception>(() => Gateway.ConnectAsync("gw-01", new byte[32], _host.Hub, _folder.Certificates.AuthorityFile));

    [Fact]
    public async Task A_second_session_takes_over_from_a_stale_one()
    {
        await using var stale = await ConnectAsync();
        await using var gateway = await ConnectAsync();

        await gateway.PublishAsync(Readings.HeartRates(1, 1));
        await Eventually.HoldsAsync("the stale session ends", () => !stale.IsConnected, Soon);
        await DeliveredAsync(1);
    }

    [Fact]
    public async Task A_twin_is_answered_to_the_session_that_asked()
    {
        await using var gateway = await ConnectAsync();
        await gateway.SubscribeAsync("$iothub/twin/res/#");
        var patched = await gateway.AskTwinAsync("$iothub/twin/PATCH/properties/reported/?$rid=1", """{"version":{"edge":"1.0"}}""");
        var read = await gateway.AskTwinAsync("$iothub/twin/GET/?$rid=2");

        Assert.Equal("$iothub/twin/res/204/?$rid=1&$version=2", patched.Topic);
        Assert.Equal("$iothub/twin/res/200/?$rid=2", read.Topic);
        Assert.Equal("1.0", (string?)JsonNode.Parse(read.Body)!["reported"]!["version"]!["edge"]);
    }

    [Fact]
    public async Task A_changed_residents_file_is_taken_up_and_what_waited_is_delivered()
    {
        await using var gateway = await ConnectAsync();
        _folder.WriteResidents(ResidentsText.Of("permit", ResidentsText.Assignment(from: "2026-12-01T00:00:00+09:00")));
        var sent = 0;
        await Eventually.SeesAsync(
            "a reading waits, because the assignment now begins later",
            async _ =>
            {
                await gateway.PublishAsync(Readings.HeartRates(++sent, 1));
                return (await GetAsync("/awaiting")).AsArray();
            },
            waiting => waiting.Count > 0, Soon, TimeSpan.FromMilliseconds(200));

        _folder.WriteResidents(ResidentsText.Of("permit", ResidentsText.Assignment("r-002")));

        await Eventually.HoldsAsync(
            "it is delivered for the other resident", () => _fhir.Observations.Any(o => o.Contains(".r-002.", StringComparison.Ordinal)), Soon);
        await Eventually.SeesAsync("nothing waits", _ => GetAsync("/awaiting"), waiting => waiting.AsArray().Count == 0, Soon);
    }

    [Fact]
    public async Task Everything_acknowledged_is_there_after_a_restart()
    {
        await using (var gateway = await ConnectAsync())
        {
            await gateway.PublishAsync(Readings.HeartRates(1, 50));
        }

        await _host.DisposeAsync();
        await StartAsync();
        await DeliveredAsync(50);
        Assert.Equal(50, (int?)(await GetAsync("/status"))["gateways"]![0]!["received"]);
    }

    [Fact]
    public async Task What_a_resident_denies_the_api_does_not_tell()
    {
        _folder.WriteResidents(ResidentsText.Of("deny", ResidentsText.Assignment()));

        var answer = await Eventually.SeesAsync(
            "the refusal", stop => _api.GetAsync("/residents/r-001/latest", stop), got => got.StatusCode == System.Net.HttpStatusCode.Forbidden, Soon);

        Assert.Contains("consent", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await _api.GetAsync("/residents/r-009/latest", Stop)).StatusCode);
    }

    [Fact]
    public async Task Status_shows_why_a_residents_file_is_not_in_force()
    {
        _folder.WriteResidents(ResidentsText.Of("deny", ResidentsText.Assignment("r-009")));

        var status = await Eventually.SeesAsync(
            "the refusal", _ => GetAsync("/status"), s => (string?)s["residents"]!["refusal"] is not null, Soon);

        Assert.Contains("residents.yaml:12:", (string?)status["residents"]!["refusal"], StringComparison.Ordinal);
        Assert.Equal(2, (int?)status["residents"]!["count"]);
        Assert.Equal(0, (int?)status["feeds"]![0]!["notTakenBack"]);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await _api.GetAsync("/residents/r-001/latest", Stop)).StatusCode);
    }

    [Fact]
    public async Task Being_told_to_stop_stops_nothing_out_of_its_order()
    {
        await using var gateway = await ConnectAsync();
        _host.RequestShutdown();
        await _host.WaitForShutdownAsync();

        // The hub still serves, so the silo and the log behind it must.
        await gateway.PublishAsync(Readings.HeartRates(1, 1));
        Assert.Equal(1, (int?)(await GetAsync("/status"))["gateways"]![0]!["received"]);
        await _host.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => gateway.PublishAsync(Readings.HeartRates(2, 1)));
    }

    [Fact]
    public async Task A_loop_that_ends_by_itself_ends_the_program_as_a_failure()
    {
        _host.Loops.Start("the feed of a test", _ => throw new IOException("disk full"));

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => _host.WaitForShutdownAsync().WaitAsync(Soon, Stop));

        Assert.Equal("the feed of a test ended: disk full", failure.Message);
    }

    [Theory]
    [InlineData("/status")]
    [InlineData("/residents/r-001/latest")]
    [InlineData("/awaiting")]
    [InlineData("/quarantine")]
    [InlineData("/gateways/gw-01/twin")]
    [InlineData("/ledger?gateway=gw-01")]
    public async Task The_api_wants_its_token(string path)
    {
        using var stranger = new HttpClient { BaseAddress = _api.BaseAddress };

        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await stranger.GetAsync(path, Stop)).StatusCode);
        Assert.Equal(System.Net.HttpStatusCode.OK, (await stranger.GetAsync("/health", Stop)).StatusCode);
    }

    private async Task StartAsync()
    {
        _host = await CloudHost.StartAsync(CloudSettings.Load(_folder.Configuration), Stop);
        _api = new HttpClient { BaseAddress = new Uri($"http://{_host.Api}") };
        _api.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", await File.ReadAllTextAsync(_folder.Folder.File("data/api.token"), Stop));
    }

    private Task<Gateway> ConnectAsync() => Gateway.ConnectAsync("gw-01", _folder.Key, _host.Hub, _folder.Certificates.AuthorityFile);

    private Task DeliveredAsync(int count) =>
        Eventually.HoldsAsync($"{count} observations", () => _fhir.Observations.Count >= count, Soon);

    private async Task<JsonNode> GetAsync(string path) => JsonSerializer.Deserialize<JsonNode>(await _api.GetStringAsync(path, Stop))!;
}
