using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Management.Api;
using IoTHealth.Edge.Uplink;
using IoTHealth.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace IoTHealth.Edge.Tests.Management;

public sealed class LocalApiTests
{
    private const string Alarm = "/alarms/0123456789abcdef0123456789abcdef/acknowledge";

    private static readonly string Users =
        $", certificate: edge.pem, key: edge.key, users: [ {{ name: nurse.sato, password: \"{PasswordHash.Of("n")}\" }}, {{ name: admin, password: \"{PasswordHash.Of("a")}\", role: admin }} ]";

    [Theory]
    [InlineData("0.0.0.0", null, "not loopback")]
    [InlineData("192.168.1.10", null, "not loopback")]
    [InlineData("here", null, "not an address")]
    [InlineData("127.0.0.1", "edge.pem", "go together")]
    public void A_door_that_is_not_safe_is_refused(string address, string? certificate, string reason) =>
        Assert.Contains(reason, Assert.Throws<IOException>(() => ApiDoor.Of(new ApiSettings(address, 0, certificate))).Message, StringComparison.Ordinal);

    [Fact]
    public void Users_without_TLS_are_refused() =>
        Assert.Contains("TLS", Assert.Throws<IOException>(() => ApiDoor.Of(new ApiSettings("127.0.0.1", 0) { Users = [new ApiUserSettings("a", "b")] })).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Staff_look_and_acknowledge_and_only_admins_do_more_and_every_change_is_written_down()
    {
        await using var gateway = await BuiltGateway.StartAsync(Users);
        Assert.Equal("https", gateway.Address.Scheme);
        using var client = gateway.Client();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(client, HttpMethod.Get, "/live", null));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(client, HttpMethod.Get, "/live", "nurse.sato:wrong"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, HttpMethod.Get, "/live", "nurse.sato:n"));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(client, HttpMethod.Post, Alarm, "nurse.sato:n"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(client, HttpMethod.Post, "/replay", "nurse.sato:n"));
        Assert.Equal(HttpStatusCode.Conflict, await StatusAsync(client, HttpMethod.Post, "/replay", "admin:a"));
        Assert.Equal(
            ["nurse.sato|sign in|refused", $"nurse.sato|POST {Alarm}|refused (404)", "nurse.sato|POST /replay|refused (403)", "admin|POST /replay|refused (409)"],
            File.ReadAllLines(Path.Combine(gateway.Data, "audit.jsonl")).Select(line => JsonNode.Parse(line)!).Select(line => $"{line["who"]}|{line["what"]}|{line["outcome"]}"));
    }

    [Theory]
    [InlineData(Alarm)]
    [InlineData("/replay")]
    [InlineData("/assignments")]
    public async Task A_stranger_s_large_body_is_not_taken_in(string path)
    {
        await using var gateway = await BuiltGateway.StartAsync(Users);
        using var client = gateway.Client();
        client.DefaultRequestHeaders.ExpectContinue = true;
        using var body = new StringContent($"{{\"by\":\"{new string('x', 1_000_000)}\"}}", System.Text.Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(path, body, TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode is HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.Unauthorized, answer.StatusCode.ToString());
    }

    [Fact]
    public async Task The_command_line_asks_the_running_gateway_and_says_so_where_it_is_not_running()
    {
        var replay = new AskedReplay();
        var gateway = await BuiltGateway.StartAsync(adjust: services => services.AddSingleton<ICloudCommand>(replay));
        await using (gateway)
        {
            var done = await gateway.CommandAsync("replay", "--from", "2026-11-24T00:00+09:00", "--to", "2026-11-24T01:00+09:00", "--device", "robot-01");
            Assert.Equal((0, "{\"queued\":3}", ""), (done.ExitCode, done.Output.Trim(), done.Errors));
            Assert.Equal(
                """{"from":"2026-11-23T15:00:00.0000000Z","to":"2026-11-23T16:00:00.0000000Z","device":"robot-01"}""", replay.Asked?.ToJsonString());
            var refused = await gateway.CommandAsync("replay", "--from", "2026-11-24T00:00", "--to", "2026-11-24T01:00+09:00");
            Assert.Equal(2, refused.ExitCode);
            Assert.Contains("--from: '2026-11-24T00:00' is no instant", refused.Errors, StringComparison.Ordinal);
            await gateway.App.StopAsync(TestContext.Current.CancellationToken);
            var stopped = await gateway.CommandAsync("replay", "--from", "2026-11-24T00:00Z", "--to", "2026-11-24T01:00Z");
            Assert.Equal(1, stopped.ExitCode);
            Assert.Contains("it is not running", stopped.Errors, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_command_line_reaches_a_gateway_that_serves_over_TLS_on_every_address()
    {
        await using var gateway = await BuiltGateway.StartAsync(", certificate: edge.pem, key: edge.key", prepare: folder =>
            File.WriteAllText(folder.File("edge.yaml"), File.ReadAllText(folder.File("edge.yaml")).Replace("api: { address: 127.0.0.1", "api: { address: 0.0.0.0", StringComparison.Ordinal)));
        var refused = await gateway.CommandAsync("replay", "--from", "2026-11-24T00:00Z", "--to", "2026-11-24T01:00Z");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("no cloud is configured", refused.Errors, StringComparison.Ordinal);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, HttpMethod method, string path, string? credential)
    {
        using var request = new HttpRequestMessage(method, path) { Content = method == HttpMethod.Post ? JsonContent.Create(new JsonObject { ["by"] = "x" }) : null };
        request.Headers.Authorization = credential is null ? null : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credential)));
        using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private sealed class AskedReplay : ICloudCommand
    {
        public string Name => "replay";

        public JsonNode? Asked { get; private set; }

        public Task<CommandAnswer> RunAsync(JsonNode? request, CancellationToken cancellation)
        {
            Asked = request;
            return Task.FromResult(new CommandAnswer(200, new JsonObject { ["queued"] = 3 }));
        }
    }
}
