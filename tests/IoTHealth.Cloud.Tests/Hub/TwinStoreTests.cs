using System.Text;
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
        Assert.Equal("""{"desired":{"$version":1},"reported":{"$version":1}}""", Encoding.UTF8.GetString(await _twins.ReadAsync("gw-01", Stop)));
    }

    [Fact]
    public async Task No_patch_makes_it_throw() => await Gen.Select(
        AnyOf("{\"a\":\"", "{\"", "{\"a\":", "["), Gen.Byte.Array[0, 8], AnyOf("\"}", "\":1}", "}", "]")).SampleAsync(
        async (begin, bytes, end) =>
        {
            await _twins.MergeAsync("gw-01", (byte[])[.. Encoding.UTF8.GetBytes(begin), .. bytes, .. Encoding.UTF8.GetBytes(end)], Stop);
            await _twins.ReadAsync("gw-01", Stop);
        },
        iter: 300, threads: 1);

    private static Gen<string> AnyOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);
}
