using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using IoTHealth.Cloud.Hub;

namespace IoTHealth.Cloud.Tests.Hub;

/// <summary>A signed configuration from the operator's upload to the gateway's fetch, over real sockets.</summary>
public sealed class ConfigurationTests : IAsyncLifetime
{
    private readonly CloudFolder _folder = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private RunningCloud _cloud = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Malformed => new()
    {
        { "", "it is not" },
        { "[]", "it is not" },
        { "{}", "it is not" },
        { """{"document":"%%","signature":"AA==","key":"00"}""", "it is not" },
        { """{"document":"","document":"","signature":"AA==","key":"00"}""", "it is not" },
        { Envelope("version: \"1\"\ngateway: gw-01\n", key: "00"), "'key'" },
        { Envelope("version: \"1\"\ngateway: gw-01\n", signature: ""), "signature is empty" },
        { Envelope("gateway: gw-01\n"), "version" },
        { Envelope("version: \"a b\"\ngateway: gw-01\n"), "document:1:" },
        { Envelope("version: \"1\"\ngateway: gw-02\n"), "for the gateway 'gw-02'" },
        { Envelope(": : :"), "document:" },
    };

    public async ValueTask InitializeAsync()
    {
        _folder.WriteConfiguration(null, "{ id: gw-01, keyFile: gw-01.key }, { id: gw-04, ca: true }", CloudFolder.GatewayApi);
        _cloud = await RunningCloud.StartAsync(_folder);
    }

    public async ValueTask DisposeAsync()
    {
        await _cloud.DisposeAsync();
        _key.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_connected_gateway_is_told_and_fetches_what_was_signed()
    {
        await using var gateway = await _cloud.ConnectAsync();
        await gateway.SubscribeAsync("$iothub/twin/PATCH/properties/desired/#");
        var told = new TaskCompletionSource<(string Topic, string Body)>(TaskCreationOptions.RunContinuationsAsynchronously);
        gateway.Received += (topic, body) => told.TrySetResult((topic, body));
        var document = Encoding.UTF8.GetBytes("version: \"2026-11-24.3\"\ngateway: gw-01\ntimeZone: Asia/Tokyo\n");

        var put = await PutAsync(SignedConfiguration.Sign(document, _key).Body);
        var (topic, body) = await told.Task.WaitAsync(TimeSpan.FromSeconds(10), Stop);

        Assert.Equal((true, true, 2), ((bool?)put!["changed"], (bool?)put["told"], (int?)put["version"]));
        Assert.Equal("$iothub/twin/PATCH/properties/desired/?$version=2", topic);
        var desired = JsonNode.Parse(body)!["configuration"]!;
        Assert.Equal(("2026-11-24.3", Convert.ToHexStringLower(SHA256.HashData(document))), ((string?)desired["version"], (string?)desired["sha256"]));
        var fetched = JsonNode.Parse(await (await FetchAsync((string)desired["url"]!)).Content.ReadAsStringAsync(Stop))!;
        Assert.Equal(document, Convert.FromBase64String((string)fetched["document"]!));
        Assert.True(_key.VerifyData(
            document, Convert.FromBase64String((string)fetched["signature"]!), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(_key.ExportSubjectPublicKeyInfo())), (string?)fetched["key"]);
    }

    [Fact]
    public async Task The_same_again_changes_nothing_and_another_document_needs_another_version()
    {
        Assert.True((bool?)(await PutAsync(Signed("1")))!["changed"]);
        Assert.False((bool?)(await PutAsync(Signed("1")))!["changed"]);
        Assert.Contains("another document", (string?)(await PutAsync(Signed("1", "# changed\n"), HttpStatusCode.Conflict))!["reason"], StringComparison.Ordinal);
        Assert.Equal(3, (int?)(await PutAsync(Signed("2")))!["version"]);
        Assert.Equal("2", (string?)(await DesiredAsync())["configuration"]!["version"]);
    }

    [Fact]
    public async Task What_is_desired_can_be_taken_back_and_survives_a_restart()
    {
        await PutAsync(Signed("1"));
        await _cloud.DisposeAsync();
        _cloud = await RunningCloud.StartAsync(_folder);

        var url = (string)(await DesiredAsync())["configuration"]!["url"]!;
        Assert.Equal(HttpStatusCode.OK, (await FetchAsync(url)).StatusCode);
        using var answer = await _cloud.Api.DeleteAsync("/gateways/gw-01/configuration", Stop);
        Assert.Null((await DesiredAsync())["configuration"]);
    }

    [Fact]
    public async Task The_last_twenty_are_kept_and_the_desired_one_among_them()
    {
        for (var version = 1; version <= 22; version++)
        {
            await PutAsync(Signed($"{version}"));
        }

        var kept = new List<int>();
        for (var version = 1; version <= 22; version++)
        {
            if ((await FetchAsync(Url("gw-01", $"{version}"))).StatusCode == HttpStatusCode.OK)
            {
                kept.Add(version);
            }
        }

        Assert.Equal(Enumerable.Range(3, 20), kept);
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task What_is_not_well_formed_is_refused_with_the_reason(string body, string reason)
    {
        Assert.Contains(reason, (string?)(await PutAsync(Encoding.UTF8.GetBytes(body), HttpStatusCode.BadRequest))!["reason"], StringComparison.Ordinal);
        Assert.Null((await DesiredAsync())["configuration"]);
    }

    [Fact]
    public async Task One_that_is_too_long_or_for_nobody_is_refused()
    {
        await PutAsync(new byte[SignedConfiguration.BodyMaximumBytes + 1], HttpStatusCode.BadRequest);
        await PutAsync(Signed("1"), HttpStatusCode.NotFound, "gw-09");
    }

    [Theory]
    [InlineData("gw-01", "gw-01", true, HttpStatusCode.OK)]
    [InlineData("gw-01", "gw-04", true, HttpStatusCode.Unauthorized)]
    [InlineData("gw-01", "gw-01", false, HttpStatusCode.Unauthorized)]
    [InlineData("gw-09", "gw-09", true, HttpStatusCode.Unauthorized)]
    public async Task Only_the_gateway_itself_fetches_it(string of, string by, bool hasKey, HttpStatusCode expected)
    {
        await PutAsync(Signed("1"));

        Assert.Equal(expected, (await FetchAsync(Url(of, "1"), by, hasKey ? _folder.Key : new byte[32])).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await FetchAsync(Url(of, "1"), by, null)).StatusCode);
    }

    [Theory]
    [InlineData("gw-04", HttpStatusCode.OK)]
    [InlineData("gw-01", HttpStatusCode.Unauthorized)]
    public async Task A_gateway_of_a_certificate_fetches_it_by_that(string name, HttpStatusCode expected)
    {
        await PutAsync(Signed("1", gateway: "gw-04"), gateway: "gw-04");
        using var certificate = _folder.Certificates.Client(name);
        using var client = _folder.Client(certificate);

        Assert.Equal(expected, (await client.GetAsync(Url("gw-04", "1"), Stop)).StatusCode);
    }

    [Fact]
    public async Task Operators_routes_are_not_served_to_gateways()
    {
        using var client = _folder.Client();
        client.DefaultRequestHeaders.Authorization = _cloud.Api.DefaultRequestHeaders.Authorization;

        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri($"https://{_cloud.Host.GatewayApi}/status"), Stop)).StatusCode);
    }

    private static string Envelope(string document, string signature = "AAAA", string? key = null) => new JsonObject
    {
        ["document"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(document)),
        ["signature"] = signature,
        ["key"] = key ?? new string('0', 64),
    }.ToJsonString();

    private ReadOnlyMemory<byte> Signed(string version, string more = "", string gateway = "gw-01") =>
        SignedConfiguration.Sign(Encoding.UTF8.GetBytes($"version: \"{version}\"\ngateway: {gateway}\n{more}"), _key).Body;

    private string Url(string gateway, string version) => $"https://{_cloud.Host.GatewayApi}/gateways/{gateway}/configuration/{version}";

    private async Task<JsonNode> DesiredAsync() => (await _cloud.GetAsync("/gateways/gw-01/twin"))["desired"]!;

    private async Task<JsonNode?> PutAsync(ReadOnlyMemory<byte> body, HttpStatusCode expected = HttpStatusCode.OK, string gateway = "gw-01")
    {
        using var content = new ReadOnlyMemoryContent(body);
        using var answer = await _cloud.Api.PutAsync($"/gateways/{gateway}/configuration", content, Stop);
        Assert.Equal(expected, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonNode>(Stop);
    }

    private Task<HttpResponseMessage> FetchAsync(string url) => FetchAsync(url, "gw-01", _folder.Key);

    private async Task<HttpResponseMessage> FetchAsync(string url, string by, byte[]? key)
    {
        using var client = _folder.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (key is not null)
        {
            var expiry = TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds().ToString(null, null);
            request.Headers.TryAddWithoutValidation("Authorization", HubDoorTests.Token($"{Gateway.HubHost}/devices/{by}", expiry, key));
        }

        return await client.SendAsync(request, Stop);
    }
}
