using System.Text.Json;
using IoTHealth.Simulators.Tests.Support;

namespace IoTHealth.Simulators.Tests.Fhir;

/// <summary>The receiver over real HTTPS.</summary>
public sealed class FhirReceiverTests : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly TestAuthority _authority;
    private RunningCommand? _receiver;
    private TrustingHttpClient? _client;

    public FhirReceiverTests() => _authority = new TestAuthority(_folder.Path);

    [Fact]
    public async Task It_says_what_it_can()
    {
        var fhir = await StartAsync();
        var (status, body) = await fhir.GetAsync("fhir/metadata");
        Assert.Equal((200, "CapabilityStatement", "4.0.1"), (status, Text(body, "resourceType"), Text(body, "fhirVersion")));
    }

    [Fact]
    public async Task A_delivery_sent_twice_is_stored_once()
    {
        var fhir = await StartAsync();
        var (first, created) = await fhir.PostAsync("fhir", Resources.Delivery(("a", "58"), ("b", "59")));
        var (second, found) = await fhir.PostAsync("fhir", Resources.Delivery(("a", "58"), ("b", "59")));
        Assert.Equal((200, 200), (first, second));
        Assert.Equal(["201 Created", "201 Created", "201 Created", "201 Created"], Statuses(created));
        Assert.Equal(["200 OK", "200 OK", "200 OK", "200 OK"], Statuses(found));
        Assert.Equal(4, File.ReadAllLines(_folder["out/fhir.jsonl"]).Length);
        Assert.Equal(2, (await fhir.GetAsync("fhir/Observation")).Body.GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task Names_within_a_transaction_become_addresses()
    {
        var fhir = await StartAsync();
        await fhir.PostAsync("fhir", Resources.Delivery(("a", "58")));
        var observation = await SingleAsync("Observation?identifier=urn:iothealth:observation|a");
        var (patient, device) = (await SingleAsync("Patient"), await SingleAsync("Device"));
        Assert.Equal($"Patient/{Text(patient, "id")}", Text(observation.GetProperty("subject"), "reference"));
        Assert.Equal($"Device/{Text(device, "id")}", Text(observation.GetProperty("device"), "reference"));
        Assert.Equal("山田", patient.GetProperty("name")[0].GetProperty("family").GetString());
        Assert.Equal(1, (await fhir.GetAsync($"fhir/Observation?patient={Text(patient, "id")}&code=8867-4&device=Device/{Text(device, "id")}")).Body.GetProperty("total").GetInt32());
        Assert.Equal(0, (await fhir.GetAsync("fhir/Observation?code=http://loinc.org|9279-1")).Body.GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task One_bad_entry_and_nothing_of_the_transaction_is_stored()
    {
        var fhir = await StartAsync();
        var (status, outcome) = await fhir.PostAsync("fhir", Resources.Bundle(
            Resources.Create("Patient", "urn:example:patients|10001", Resources.Patient, Resources.PatientName),
            Resources.Create("Device", "urn:iothealth:device|d1", Resources.Device, Resources.DeviceName),
            Resources.Create("Observation", "urn:iothealth:observation|a", Resources.HeartRate("a", subject: "Patient/nobody"))));
        Assert.Equal(422, status);
        Assert.Contains("Patient/nobody", Diagnostics(outcome), StringComparison.Ordinal);
        Assert.Empty(File.ReadAllText(_folder["out/fhir.jsonl"]));
        Assert.Equal(0, (await fhir.GetAsync("fhir/Patient")).Body.GetProperty("total").GetInt32());
    }

    [Fact]
    public async Task An_update_creates_then_changes_and_a_repeat_is_no_new_version()
    {
        var fhir = await StartAsync();
        await fhir.PostAsync("fhir", Resources.Delivery(("a", "58")));
        var target = "Observation/" + Text(await SingleAsync("Observation"), "id");
        var entry = Resources.Put("Provenance/p1", Resources.Provenance("p1", target));
        Assert.Equal(["201 Created"], Statuses((await fhir.PostAsync("fhir", Resources.Bundle(entry))).Body));
        Assert.Equal(["200 OK"], Statuses((await fhir.PostAsync("fhir", Resources.Bundle(entry))).Body));
        Assert.Equal("1", Text((await fhir.GetAsync("fhir/Provenance/p1")).Body.GetProperty("meta"), "versionId"));
        await fhir.PutAsync("fhir/Provenance/p1", Resources.Provenance("p1", target).Replace("gw-01", "gw-02", StringComparison.Ordinal));
        Assert.Equal("2", Text((await fhir.GetAsync("fhir/Provenance/p1")).Body.GetProperty("meta"), "versionId"));
    }

    [Fact]
    public async Task A_conditional_update_finds_its_resource()
    {
        var fhir = await StartAsync();
        var address = "fhir/Device?identifier=urn:iothealth:device|d1";
        Assert.Equal(201, (await fhir.PutAsync(address, Resources.Device)).Status);
        Assert.Equal(200, (await fhir.PutAsync(address, Resources.Device.Replace("R-0001", "R-0002", StringComparison.Ordinal))).Status);
        Assert.Equal("R-0002", Text(await SingleAsync("Device"), "serialNumber"));
    }

    [Theory]
    [InlineData("a,b")]
    [InlineData("a|b")]
    [InlineData("a$b")]
    [InlineData("a\\b")]
    [InlineData("a\\,b")]
    public async Task A_condition_is_unescaped(string value)
    {
        var fhir = await StartAsync();
        var escaped = value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal)
            .Replace("|", "\\|", StringComparison.Ordinal).Replace("$", "\\$", StringComparison.Ordinal);
        var address = $"fhir/Device?identifier=urn:iothealth:device|{Uri.EscapeDataString(escaped)}";
        var device = Resources.Device.Replace("\"d1\"", JsonSerializer.Serialize(value), StringComparison.Ordinal);
        Assert.Equal(201, (await fhir.PutAsync(address, device)).Status);
        Assert.Equal(200, (await fhir.PutAsync(address, device)).Status);
        Assert.Equal(1, await CountAsync("Device"));
        Assert.Equal(1, await CountAsync(address["fhir/".Length..]));
    }

    [Theory]
    [InlineData("identifier=urn:iothealth:observation|a,urn:iothealth:observation|b", 2)]
    [InlineData("identifier=urn:iothealth:observation|a\\,urn:iothealth:observation|b", 0)]
    [InlineData("identifier=b", 1)]
    [InlineData("identifier=urn:iothealth:observation|", 3)]
    [InlineData("identifier=|a", 0)]
    [InlineData("code=9279-1,8867-4", 3)]
    public async Task A_comma_means_or(string search, int expected)
    {
        var fhir = await StartAsync();
        await fhir.PostAsync("fhir", Resources.Delivery(("a", "58"), ("b", "59"), ("c", "60")));
        Assert.Equal(expected, await CountAsync("Observation?" + search));
    }

    [Fact]
    public async Task A_header_makes_a_create_conditional()
    {
        var fhir = await StartAsync();
        var condition = ("If-None-Exist", "identifier=urn:iothealth:device|d1");
        Assert.Equal(201, (await fhir.PostAsync("fhir/Device", Resources.Device, condition)).Status);
        Assert.Equal(200, (await fhir.PostAsync("fhir/Device", Resources.Device, condition)).Status);
        Assert.Equal(201, (await fhir.PostAsync("fhir/Device", Resources.Device)).Status);
        Assert.Equal(412, (await fhir.PostAsync("fhir/Device", Resources.Device, condition)).Status);
    }

    [Fact]
    public async Task All_survives_its_own_restart_and_a_torn_last_line()
    {
        var fhir = await StartAsync();
        await fhir.PostAsync("fhir", Resources.Delivery(("a", "58")));
        await _receiver!.StopAsync();
        File.AppendAllText(_folder["out/fhir.jsonl"], """{"at":"2026-11-24T00:00:00.000Z","method":"create","type":"Observation","id":"torn","ver""");

        fhir = await StartAsync();
        Assert.Equal(["200 OK", "200 OK", "200 OK", "201 Created"], Statuses((await fhir.PostAsync("fhir", Resources.Delivery(("a", "58"), ("b", "59")))).Body));
        Assert.Equal(2, (await fhir.GetAsync("fhir/Observation")).Body.GetProperty("total").GetInt32());
        Assert.All(File.ReadLines(_folder["out/fhir.jsonl"]), line => JsonDocument.Parse(line));
    }

    [Fact]
    public async Task Pages_lead_to_all()
    {
        var fhir = await StartAsync();
        await fhir.PostAsync("fhir", Resources.Delivery(Enumerable.Range(0, 25).Select(n => ($"r{n}", $"{50 + n}"))));
        var (values, next) = (new List<int>(), "/fhir/Observation?_count=10&_sort=-_lastUpdated");
        while (next is not null)
        {
            var page = (await fhir.GetAsync(next.TrimStart('/'))).Body;
            values.AddRange(page.GetProperty("entry").EnumerateArray().Select(e => e.GetProperty("resource").GetProperty("valueQuantity").GetProperty("value").GetInt32()));
            next = page.GetProperty("link").EnumerateArray().Where(l => Text(l, "relation") == "next").Select(l => new Uri(Text(l, "url")).PathAndQuery).SingleOrDefault();
        }

        Assert.Equal(Enumerable.Range(50, 25).Reverse(), values);
    }

    [Fact]
    public async Task Injected_failures_cost_a_persistent_sender_nothing()
    {
        var fhir = await StartAsync("--fail", "0.5", "--seed", "3");
        var refused = new List<int>();
        for (var n = 0; n < 20; n++)
        {
            for (int status; (status = (await fhir.PostAsync("fhir", Resources.Delivery(($"r{n}", "58")))).Status) != 200;)
            {
                refused.Add(status);
                Assert.True(status is 503 or 409, $"answered {status}");
            }
        }

        Assert.Contains(503, refused);
        Assert.Contains(409, refused);
        Assert.Equal(20, (await fhir.GetAsync("fhir/Observation?_count=0")).Body.GetProperty("total").GetInt32());
        Assert.Equal(22, File.ReadAllLines(_folder["out/fhir.jsonl"]).Length);
    }

    [Fact]
    public async Task Racing_conditional_creates_make_one_resource()
    {
        var fhir = await StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => fhir.PostAsync("fhir", Resources.Delivery(("a", "58")))));
        Assert.Equal(3, File.ReadAllLines(_folder["out/fhir.jsonl"]).Length);
    }

    [Theory]
    [InlineData("GET", "fhir/Observation/none", 404)]
    [InlineData("GET", "fhir/Nonsense", 400)]
    [InlineData("GET", "fhir/Observation?colour=red", 400)]
    [InlineData("DELETE", "fhir/Observation/none", 405)]
    public async Task What_it_does_not_have_or_do_it_says(string method, string path, int expected)
    {
        var (status, outcome) = await (await StartAsync()).SendAsync(new HttpMethod(method), path);
        Assert.Equal((expected, "OperationOutcome"), (status, Text(outcome, "resourceType")));
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_receiver is not null)
        {
            await _receiver.DisposeAsync();
        }

        _folder.Dispose();
    }

    private async Task<TrustingHttpClient> StartAsync(params string[] more)
    {
        _receiver = RunningCommand.Start(["fhir-receiver", "--port", "0", "--cert", _authority.CertificateFile, "--key", _authority.KeyFile, "--out", _folder["out"], .. more]);
        return _client = new TrustingHttpClient(_authority, await _receiver.ReadyAsync());
    }

    private async Task<int> CountAsync(string search) => (await _client!.GetAsync("fhir/" + search)).Body.GetProperty("total").GetInt32();

    private async Task<JsonElement> SingleAsync(string search)
    {
        var set = (await _client!.GetAsync("fhir/" + search)).Body;
        return Assert.Single(set.GetProperty("entry").EnumerateArray()).GetProperty("resource");
    }

    private static string[] Statuses(JsonElement bundle) =>
        [.. bundle.GetProperty("entry").EnumerateArray().Select(entry => Text(entry.GetProperty("response"), "status"))];

    private static string Diagnostics(JsonElement outcome) => Text(outcome.GetProperty("issue")[0], "diagnostics");

    private static string Text(JsonElement parent, string name) => parent.GetProperty(name).GetString()!;
}
