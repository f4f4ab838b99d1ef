using System.Text.Json;
using IoTHealth.Simulators.Tests.Support;

namespace IoTHealth.Simulators.Tests.Webhook;

public sealed class WebhookReceiverTests
{
    [Fact]
    public async Task A_call_is_one_line_with_its_path_key_and_body()
    {
        using var folder = new TestFolder();
        var authority = new TestAuthority(folder.Path);
        await using var receiver = Start(folder, authority);
        using var client = new TrustingHttpClient(authority, await receiver.ReadyAsync());
        var (status, _) = await client.PostAsync("calls/room-101", """{"alarm":"ab","textJa":"離床しました"}""", ("Idempotency-Key", "ab"));
        Assert.Equal(204, status);
        var line = JsonDocument.Parse(Assert.Single(File.ReadAllLines(folder["out/webhook.jsonl"]))).RootElement;
        Assert.Equal(("/calls/room-101", "ab"), (line.GetProperty("path").GetString(), line.GetProperty("key").GetString()));
        Assert.Equal("離床しました", line.GetProperty("body").GetProperty("textJa").GetString());
        Assert.True(line.GetProperty("at").TryGetDateTimeOffset(out _));
    }

    [Fact]
    public async Task No_JSON_is_refused_and_leaves_no_line()
    {
        using var folder = new TestFolder();
        var authority = new TestAuthority(folder.Path);
        await using var receiver = Start(folder, authority);
        using var client = new TrustingHttpClient(authority, await receiver.ReadyAsync());
        Assert.Equal(400, (await client.PostAsync("calls", "{oops")).Status);
        Assert.Equal(405, (await client.GetAsync("calls")).Status);
        Assert.Empty(File.ReadAllText(folder["out/webhook.jsonl"]));
    }

    [Fact]
    public async Task Failing_calls_can_be_repeated_until_taken()
    {
        using var folder = new TestFolder();
        var authority = new TestAuthority(folder.Path);
        await using var receiver = Start(folder, authority, "--fail", "0.6");
        using var client = new TrustingHttpClient(authority, await receiver.ReadyAsync());
        var failed = 0;
        for (var n = 0; n < 10; n++)
        {
            for (int status; (status = (await client.PostAsync("calls", "{}", ("Idempotency-Key", $"{n}"))).Status) != 204; failed++)
            {
                Assert.Equal(503, status);
            }
        }

        Assert.NotEqual(0, failed);
        Assert.Equal(10, File.ReadLines(folder["out/webhook.jsonl"]).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("key").GetString()).Distinct().Count());
    }

    private static RunningCommand Start(TestFolder folder, TestAuthority authority, params string[] more) =>
        RunningCommand.Start(["webhook-receiver", "--port", "0", "--cert", authority.CertificateFile, "--key", authority.KeyFile, "--out", folder["out"], .. more]);
}
