using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Pairing;
using IoTHealth.Edge.Tests.Management;
using IoTHealth.Measurements;
using IoTHealth.Testing;

namespace IoTHealth.Edge.Tests.Assignments;

/// <summary>Assignments and the pairing list over the local API of a whole gateway.</summary>
public sealed class AssignmentApiTests : IAsyncLifetime
{
    private const string Nurse = "nurse.sato:n";
    private const string NoId = "00000000000000000000000000000000";
    private const string Good = """{"device":"robot-01","resident":"r-001","from":"2026-11-24T09:00:00+09:00","by":"nurse.sato"}""";

    private static readonly string Users =
        $", certificate: edge.pem, key: edge.key, users: [ {{ name: nurse.sato, password: \"{PasswordHash.Of("n")}\" }}, {{ name: admin, password: \"{PasswordHash.Of("a")}\", role: admin }} ]";

    private BuiltGateway _gateway = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _gateway = await BuiltGateway.StartAsync(
            Users, "  - { key: cuff-01, profile: blood-pressure-cuff, maker: A&D, model: UA-651BLE, serial: \"5181200001\", place: 101-A, shared: true, radio: { address: \"C0:26:DA:00:00:01\" } }");
        _client = _gateway.Client();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _gateway.DisposeAsync();
    }

    [Fact]
    public async Task Staff_state_see_the_contradiction_and_resolve_it_by_one_confirmation()
    {
        await PostAsync("/assignments", Good);
        var second = await PostAsync("/assignments", """{"device":"robot-01","resident":"r-002","from":"2026-11-24T10:00:00+09:00","by":"nurse.abe"}""");
        var pair = Assert.Single((await GetAsync("/assignments/conflicts")).AsArray())!.AsArray();
        Assert.Equal(["r-001", "r-002"], pair.Select(one => (string?)one!["resident"]).Order(StringComparer.Ordinal));

        var confirmed = await PostAsync($"/assignments/{second["id"]}/confirm", """{"by":"nurse.sato"}""");

        Assert.Equal(1, (int)confirmed["ended"]!);
        Assert.Empty((await GetAsync("/assignments/conflicts")).AsArray());
        Assert.Equal(
            ["robot-01 r-002 10:00 - by nurse.abe", "robot-01 r-001 09:00 10:00 by nurse.sato"], (await GetAsync("/assignments")).AsArray().Select(Line));
        Assert.Equal(3, Stated().Count);
        Assert.Equal(
            ["nurse.sato|POST /assignments|done (200)", "nurse.sato|POST /assignments|done (200)", $"nurse.sato|POST /assignments/{second["id"]}/confirm|done (200)"], Audit());
    }

    [Fact]
    public async Task A_shared_device_is_assigned_by_slot_and_slots_do_not_contradict_each_other()
    {
        var cuff = Good.Replace("robot-01", "cuff-01", StringComparison.Ordinal);
        await PostAsync("/assignments", cuff.Replace("\"by\"", "\"slot\":1,\"by\"", StringComparison.Ordinal));
        await PostAsync("/assignments", cuff.Replace("r-001", "r-002", StringComparison.Ordinal).Replace("\"by\"", "\"slot\":2,\"by\"", StringComparison.Ordinal));
        Assert.Empty((await GetAsync("/assignments/conflicts")).AsArray());
        Assert.Equal(["r-001 1", "r-002 2"], Stated().Select(one => $"{one.Resident} {one.Slot}"));
    }

    [Fact]
    public async Task A_bad_request_is_answered_400_with_the_reason_audited_and_states_nothing()
    {
        (string Body, string Reason)[] bad =
        [
            ("", "not the JSON"),
            ("{", "not the JSON"),
            ("null", "no JSON object"),
            ("[]", "not the JSON"),
            (Good.Replace("\"by\"", "\"slott\":1,\"by\"", StringComparison.Ordinal), "$.slott"),
            (Good.Replace("\"by\"", "\"slot\":\"left\",\"by\"", StringComparison.Ordinal), "$.slot"),
            (Good.Replace("\"by\"", "\"slot\":255,\"by\"", StringComparison.Ordinal), "0 to 254"),
            (Good.Replace("robot-01", "robot-99", StringComparison.Ordinal), "registered device"),
            (Good.Replace("robot-01", "cuff-01", StringComparison.Ordinal), "which user slot"),
            (Good.Replace("r-001", "Sato Hanako", StringComparison.Ordinal), "never a name"),
            (Good.Replace("+09:00", "", StringComparison.Ordinal), "with an offset"),
            (Good.Replace("2026-11-24T09:00:00+09:00", "tomorrow", StringComparison.Ordinal), "with an offset"),
            (Good.Replace("\"by\"", "\"to\":\"2026-11-23T00:00:00Z\",\"by\"", StringComparison.Ordinal), "not before"),
            (Good.Replace("\"nurse.sato\"", "\" \"", StringComparison.Ordinal), "'by'"),
            ($"{{\"by\":\"{new string('x', 100_000)}\"}}", "too large"),
        ];
        foreach (var (body, reason) in bad)
        {
            await RefusedAsync(400, "/assignments", body, reason);
        }

        await RefusedAsync(400, $"/assignments/{NoId}/confirm", "{}", "'by'");
        await RefusedAsync(400, "/assignments/robot-01/confirm", """{"by":"x"}""", "32 hexadecimal digits");
        await RefusedAsync(400, $"/assignments/{NoId}/confirm", "{", "not the JSON");
        await RefusedAsync(404, $"/assignments/{NoId}/confirm", """{"by":"x"}""", "no assignment");
        Assert.Empty(Stated());
        Assert.Equal(bad.Length, Audit().Count(line => line == "nurse.sato|POST /assignments|refused (400)"));
        Assert.Equal(bad.Length + 4, Audit().Count);
    }

    [Theory]
    [InlineData("GET", "/assignments", "")]
    [InlineData("GET", "/assignments/conflicts", "")]
    [InlineData("GET", "/pairing", "")]
    [InlineData("POST", "/assignments", Good)]
    [InlineData("POST", "/assignments", "{")]
    [InlineData("POST", $"/assignments/{NoId}/confirm", """{"by":"x"}""")]
    public async Task Nobody_is_let_in_without_signing_in(string method, string path, string body)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(method, path, body, null)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(method, path, body, "nurse.sato:wrong")).Status);
        Assert.Empty(Stated());
    }

    [Fact]
    public async Task Staff_see_who_waits_to_be_paired()
    {
        Assert.Empty((await GetAsync("/pairing")).AsArray());
        _gateway.Part<PairingList>().Note("mqtt", "robot-07", "10.0.0.7");
        _gateway.Part<PairingList>().Note("mqtt", "robot-07", "10.0.0.7");
        var stranger = Assert.Single((await GetAsync("/pairing")).AsArray())!;
        Assert.Equal(("mqtt", "robot-07", "10.0.0.7", 2), ((string?)stranger["link"], (string?)stranger["told"], (string?)stranger["where"], (int)stranger["times"]!));
    }

    private List<Assignment> Stated()
    {
        var journal = _gateway.Part<SqliteJournal>();
        return
        [
            .. journal.Read(1, long.MaxValue, 1000, int.MaxValue).Where(entry => entry.Kind == EntryKind.Assignment)
                .Select(entry => WireForm.TryDecodeAssignment(entry.Payload, out var assignment, out var reason) ? assignment : throw new InvalidDataException(reason)),
        ];
    }

    private IReadOnlyList<string> Audit() =>
    [
        .. File.ReadAllLines(Path.Combine(_gateway.Data, "audit.jsonl")).Select(line => JsonNode.Parse(line)!)
            .Select(line => $"{line["who"]}|{line["what"]}|{line["outcome"]}"),
    ];

    private static string Line(JsonNode? one) => $"{one!["device"]} {one["resident"]} {Clock(one["from"])} {Clock(one["to"])} by {one["by"]}";

    private static string Clock(JsonNode? instant) => instant is null
        ? "-"
        : instant.GetValue<DateTimeOffset>().ToOffset(TimeSpan.FromHours(9)).ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture);

    private async Task RefusedAsync(int status, string path, string body, string reason)
    {
        var answer = await SendAsync("POST", path, body, Nurse);
        Assert.True((int)answer.Status == status, $"{body[..Math.Min(body.Length, 200)]}: {answer.Status} {answer.Body}");
        Assert.Contains(reason, (string?)JsonNode.Parse(answer.Body)!["detail"], StringComparison.Ordinal);
    }

    private async Task<JsonNode> PostAsync(string path, string body) => Ok(await SendAsync("POST", path, body, Nurse));

    private async Task<JsonNode> GetAsync(string path) => Ok(await SendAsync("GET", path, "", Nurse));

    private static JsonNode Ok((HttpStatusCode Status, string Body) answer)
    {
        Assert.True(answer.Status == HttpStatusCode.OK, $"{answer.Status}: {answer.Body}");
        return JsonNode.Parse(answer.Body)!;
    }

    private async Task<(HttpStatusCode Status, string Body)> SendAsync(string method, string path, string body, string? credential)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Content = method == "POST" ? new StringContent(body, Encoding.UTF8, "application/json") : null;
        request.Headers.Authorization = credential is null ? null : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credential)));
        using var answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
