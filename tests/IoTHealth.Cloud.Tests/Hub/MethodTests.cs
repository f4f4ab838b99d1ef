using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace IoTHealth.Cloud.Tests.Hub;

/// <summary>Direct methods through the API, the hub and a gateway's real session.</summary>
public sealed class MethodTests : IAsyncLifetime
{
    private readonly CloudFolder _folder = new();
    private RunningCloud _cloud = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _cloud = await RunningCloud.StartAsync(_folder);

    public async ValueTask DisposeAsync()
    {
        await _cloud.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_gateway_is_asked_and_its_answer_comes_back()
    {
        await using var gateway = await _cloud.ConnectAsync();
        var asked = "";
        await gateway.AnswerAsync("replay", body =>
        {
            asked = body;
            return (202, """{"queued":3}""");
        });

        var (status, answer) = await AskAsync("gw-01", "replay", """{"device":"robot-01"}""");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("""{"status":202,"payload":{"queued":3}}""", answer!.ToJsonString());
        Assert.Equal("""{"device":"robot-01"}""", asked);
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("""{"a":"\ud800"}""")]
    public async Task An_answer_that_is_no_json_is_an_answer_without_a_body(string body)
    {
        await using var gateway = await _cloud.ConnectAsync();
        await gateway.AnswerAsync("replay", _ => (500, body));

        Assert.Equal("""{"status":500,"payload":null}""", (await AskAsync("gw-01", "replay", "")).Answer!.ToJsonString());
    }

    [Theory]
    [InlineData("gw-01", "replay", "{}", 404)]
    [InlineData("gw-09", "replay", "{}", 404)]
    [InlineData("gw-01", "re%20play", "{}", 400)]
    [InlineData("gw-01", "replay", "{", 400)]
    [InlineData("gw-01", "replay?timeout=0", "{}", 400)]
    [InlineData("gw-01", "replay?timeout=301", "{}", 400)]
    public async Task What_cannot_be_asked_is_said(string gateway, string method, string body, int status)
    {
        var (given, answer) = await AskAsync(gateway, method, body);

        Assert.Equal(status, (int)given);
        Assert.NotEmpty((string)answer!["reason"]!);
    }

    [Fact]
    public async Task A_request_that_is_too_long_is_refused() =>
        Assert.Equal(HttpStatusCode.BadRequest, (await AskAsync("gw-01", "replay", $"\"{new string('x', 128 * 1024)}\"")).Status);

    [Fact]
    public async Task A_gateway_that_does_not_answer_costs_a_bounded_wait()
    {
        await using var gateway = await _cloud.ConnectAsync();

        Assert.Equal(HttpStatusCode.GatewayTimeout, (await AskAsync("gw-01", "replay?timeout=1", "")).Status);
    }

    [Fact]
    public async Task A_gateway_that_has_gone_is_not_asked_when_it_comes_back()
    {
        await using (var gone = await _cloud.ConnectAsync())
        {
            await gone.AnswerAsync("replay", _ => (200, ""));
            Assert.Equal(HttpStatusCode.OK, (await AskAsync("gw-01", "replay", "")).Status);
        }

        await IoTHealth.Testing.Eventually.SeesAsync(
            "it is not connected", _ => AskAsync("gw-01", "replay?timeout=1", ""), answer => answer.Status == HttpStatusCode.NotFound, TimeSpan.FromSeconds(10));
        await using var back = await _cloud.ConnectAsync();
        var heard = 0;
        await back.AnswerAsync("replay", _ => (Interlocked.Increment(ref heard), ""));
        Assert.Equal(1, (int?)(await AskAsync("gw-01", "replay", "")).Answer!["status"]);
    }

    private async Task<(HttpStatusCode Status, JsonNode? Answer)> AskAsync(string gateway, string method, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await _cloud.Api.PostAsync($"/gateways/{gateway}/methods/{method}", content, Stop);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonNode>(Stop));
    }
}
