using System.Text.Json;
using System.Text.Json.Nodes;
using IoTHealth.Simulators.Tests.Support;

namespace IoTHealth.Simulators.Tests.Fhir;

/// <summary>One change to a good Observation, and the receiver must refuse it naming where.</summary>
public sealed class RefusalTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private RunningCommand _receiver = null!;
    private TrustingHttpClient _fhir = null!;

    public async ValueTask InitializeAsync()
    {
        var authority = new TestAuthority(_folder.Path);
        _receiver = RunningCommand.Start("fhir-receiver", "--cert", authority.CertificateFile, "--key", authority.KeyFile, "--out", _folder["out"]);
        _fhir = new TrustingHttpClient(authority, await _receiver.ReadyAsync());
        await _fhir.PutAsync("fhir/Patient/p", WithId(Resources.Patient, "p"));
        await _fhir.PutAsync("fhir/Device/d", WithId(Resources.Device, "d"));
    }

    [Fact]
    public async Task The_unchanged_one_is_taken() => Assert.Equal(201, (await PostAsync(_ => { })).Status);

    [Fact]
    public Task A_status_that_is_none() => RefusedAsync(400, "Observation.status", o => o["status"] = "finished");

    [Fact]
    public Task An_element_that_is_none() => RefusedAsync(400, "Observation.heartrate", o => o["heartrate"] = 58);

    [Fact]
    public Task A_code_left_out() => RefusedAsync(400, "$this.code", o => o.Remove("code"));

    [Fact]
    public Task A_date_that_is_none() => RefusedAsync(400, "Observation.effective", o => o["effectiveDateTime"] = "2026-13-01");

    [Fact]
    public Task A_number_in_quotes() => RefusedAsync(400, "Observation.value", o => o["valueQuantity"]!["value"] = "58");

    [Fact]
    public Task A_subject_left_out() => RefusedAsync(422, "Observation.subject", o => o.Remove("subject"));

    [Fact]
    public Task An_effective_left_out() => RefusedAsync(422, "Observation.effective", o => o.Remove("effectiveDateTime"));

    [Fact]
    public Task A_value_left_out() => RefusedAsync(422, "Observation.value", o => o.Remove("valueQuantity"));

    [Fact]
    public Task One_category_left_out() => RefusedAsync(422, "Observation.category", o => o["category"]!.AsArray().RemoveAt(1));

    [Fact]
    public Task Both_categories_in_one_element() => RefusedAsync(422, "Observation.category", o =>
    {
        var categories = o["category"]!.AsArray();
        categories[0]!["coding"]!.AsArray().Add(categories[1]!["coding"]![0]!.DeepClone());
    });

    [Fact]
    public Task A_unit_that_is_not_the_codes() => RefusedAsync(422, "Observation.value", o => o["valueQuantity"]!["code"] = "bpm");

    [Fact]
    public Task A_unit_without_its_system() => RefusedAsync(422, "Observation.value", o => o["valueQuantity"]!.AsObject().Remove("system"));

    [Fact]
    public Task A_reference_that_leads_nowhere() => RefusedAsync(422, "Observation", o => o["device"]!["reference"] = "Device/none");

    [Theory]
    [InlineData("mm[Hg]", 201)]
    [InlineData("mmHg", 422)]
    public async Task Pressure_is_in_mm_of_Hg_as_UCUM_writes_it(string unit, int expected) => Assert.Equal(expected, (await PostAsync(o =>
    {
        o["code"] = JsonNode.Parse("""{"coding":[{"system":"http://loinc.org","code":"85354-9"}]}""");
        o.Remove("valueQuantity");
        o["component"] = new JsonArray(Pressure("8480-6", 120, unit), Pressure("8462-4", 70, unit));
    })).Status);

    [Theory]
    [InlineData("Patient", """{"resourceType":"Patient","gender":"female"}""", 422)]
    [InlineData("Patient", """{"resourceType":"Patient","identifier":[{"value":"1"}]}""", 422)]
    [InlineData("Device", """{"resourceType":"Device","serialNumber":"R-0001"}""", 422)]
    [InlineData("Provenance", """{"resourceType":"Provenance","target":[{"reference":"Patient/p"}],"recorded":"2026-11-24T00:00:00Z"}""", 400)]
    [InlineData("Observation", Resources.Patient, 400)]
    [InlineData("Observation", "{not json", 400)]
    [InlineData("Observation", "[]", 400)]
    [InlineData("Observation", "", 400)]
    public async Task Others(string type, string body, int expected)
    {
        var (status, outcome) = await _fhir.PostAsync("fhir/" + type, body);
        Assert.Equal((expected, "OperationOutcome"), (status, outcome.GetProperty("resourceType").GetString()));
    }

    [Fact]
    public async Task Places_in_a_bundle_are_named_by_entry()
    {
        var bad = Resources.HeartRate("b", subject: "Patient/p", device: "Device/d").Replace("\"/min\"}", "\"1/min\"}", StringComparison.Ordinal);
        var (status, outcome) = await _fhir.PostAsync("fhir", Resources.Bundle(
            Resources.Create("Observation", "urn:iothealth:observation|a", Resources.HeartRate("a", subject: "Patient/p", device: "Device/d")),
            Resources.Create("Observation", "urn:iothealth:observation|b", bad)));
        Assert.Equal((422, "Bundle.entry[1].resource.value"), (status, Places(outcome).Single()));
    }

    public async ValueTask DisposeAsync()
    {
        _fhir.Dispose();
        await _receiver.DisposeAsync();
        _folder.Dispose();
    }

    private async Task RefusedAsync(int expected, string where, Action<JsonObject> change)
    {
        var (status, outcome) = await PostAsync(change);
        Assert.Equal(expected, status);
        Assert.Contains(Places(outcome), place => place.StartsWith(where, StringComparison.Ordinal));
        Assert.Equal(2, File.ReadAllLines(_folder["out/fhir.jsonl"]).Length);
    }

    private Task<(int Status, JsonElement Body)> PostAsync(Action<JsonObject> change)
    {
        var observation = JsonNode.Parse(Resources.HeartRate("a", subject: "Patient/p", device: "Device/d"))!.AsObject();
        change(observation);
        return _fhir.PostAsync("fhir/Observation", observation.ToJsonString());
    }

    private static string[] Places(JsonElement outcome) =>
        [.. outcome.GetProperty("issue").EnumerateArray().SelectMany(issue => issue.GetProperty("expression").EnumerateArray()).Select(e => e.GetString()!)];

    private static JsonNode Pressure(string loinc, int value, string unit) => JsonNode.Parse($$$"""
        {"code":{"coding":[{"system":"http://loinc.org","code":"{{{loinc}}}"}]},"valueQuantity":{"value":{{{value}}},"system":"http://unitsofmeasure.org","code":"{{{unit}}}"}}
        """)!;

    private static string WithId(string resource, string id)
    {
        var node = JsonNode.Parse(resource)!;
        node["id"] = id;
        return node.ToJsonString();
    }
}
