using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using IoTHealth.Cloud.Hub;
using IoTHealth.Cloud.Log;
using IoTHealth.Testing;

namespace IoTHealth.Cloud.Tests.Hub;

public sealed class TwinStoreTests : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly SqliteFile _file;
    private readonly TwinStore _twins;

    public TwinStoreTests()
    {
        _file = SqliteFile.Open(_folder.File("cloud.db"), TwinStore.Schema);
        _twins = new TwinStore(_file);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _file.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"a":{"b":1,"b":2}}""")]
    [InlineData("""{"a":[{"b":1,"b":2}]}""")]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("")]
    public async Task A_patch_that_cannot_be_used_is_refused_and_changes_nothing(string patch)
    {
        Assert.Null(await _twins.MergeAsync("gw-01", Encoding.UTF8.GetBytes(patch), Stop));
        Assert.Equal("""{"desired":{"received":{},"$version":1},"reported":{"$version":1}}""", await ReadAsync());
    }

    [Fact]
    public async Task No_patch_makes_it_throw() => await Gen.Select(
        AnyOf("{\"a\":\"", "{\"", "{\"a\":", "["), Gen.Byte.Array[0, 8], AnyOf("\"}", "\":1}", "}", "]")).SampleAsync(
        async (begin, bytes, end) =>
        {
            await _twins.MergeAsync("gw-01", (byte[])[.. Encoding.UTF8.GetBytes(begin), .. bytes, .. Encoding.UTF8.GetBytes(end)], Stop);
            await ReadAsync();
        },
        iter: 300, threads: 1);

    [Fact]
    public async Task What_is_desired_has_a_version_that_moves_with_changes_only()
    {
        var first = await DesireAsync("configuration", """{"version":"1"}""");
        var same = await DesireAsync("configuration", """{"version":"1"}""");
        var second = await DesireAsync("configuration", """{"version":"2"}""");
        Assert.Equal((2, null, 3), (first!.Version, same, second!.Version));
        Assert.Equal("""{"configuration":{"version":"2"},"received":{},"$version":3}""", await DesiredAsync());

        Assert.Equal(new DesiredChange("configuration", null, 4), await DesireAsync("configuration", null));
        Assert.Equal("""{"received":{},"$version":4}""", await DesiredAsync());
        Assert.Null(await DesireAsync("configuration", null));
    }

    [Fact]
    public async Task What_is_desired_of_one_gateway_is_nothing_to_another_nor_to_what_is_reported()
    {
        await DesireAsync("configuration", """{"version":"1"}""", "gw-02");
        await _twins.MergeAsync("gw-01", """{"desired":{"configuration":{"version":"9"}},"a":1}"""u8.ToArray(), Stop);

        Assert.Equal("""{"received":{},"$version":1}""", await DesiredAsync());
    }

    [Fact]
    public async Task The_highest_positions_received_are_told_as_of_the_read()
    {
        var journal = Guid.NewGuid();
        var twin = JsonNode.Parse(await _twins.ReadAsync("gw-01", new Dictionary<Guid, long> { [journal] = 1230 }, Stop));

        Assert.Equal($$"""{"{{journal}}":1230}""", twin!["desired"]!["received"]!.ToJsonString());
    }

    private Task<DesiredChange?> DesireAsync(string name, string? value, string gateway = "gw-01") =>
        _file.WriteAsync(connection => TwinStore.Desire(connection, gateway, name, value is null ? null : JsonNode.Parse(value)), Stop);

    private async Task<string> DesiredAsync() => JsonNode.Parse(await ReadAsync())!["desired"]!.ToJsonString();

    private async Task<string> ReadAsync() => Encoding.UTF8.GetString(await _twins.ReadAsync("gw-01", new Dictionary<Guid, long>(), Stop));

    private static Gen<string> AnyOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);
}
