using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using IoTHealth.Demo.Facilities;
using IoTHealth.Demo.Running;
using IoTHealth.Demo.Watching;
using IoTHealth.EndToEnd.Tests.Harness;
using IoTHealth.Testing;

namespace IoTHealth.EndToEnd.Tests;

/// <summary>An operator signs a configuration, the cloud hosts it, the gateway fetches, judges and applies it, and says so; real programs all.</summary>
public sealed class ConfigurationPushTests
{
    private const string NewPlace = "Moved-202-B";

    // What is signed carries its rules itself.
    private const string Book = """
          book:
            - { key: bed-exit, kind: bed-exit, codes: [exited], severity: high, text: { ja: "離床", en: "left the bed" } }
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ECDsa _operator = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_good_push_is_applied_and_a_bad_one_refused_with_the_reason()
    {
        await using var test = await TestStack.StartAsync(prepare: Prepare);
        var stack = test.Stack;
        var local = (await File.ReadAllTextAsync(stack.Folder.EdgeConfiguration, Stop)).Replace("  rules: rules.yaml", Book, StringComparison.Ordinal);
        Assert.Contains(Book, local, StringComparison.Ordinal);
        var moved = local.Replace($"place: {stack.Facility.Devices.First().Place}", $"place: {NewPlace}", StringComparison.Ordinal);
        using var device = await DeviceClient.ConnectAsync(stack, stack.Facility.Devices.ElementAt(1));

        await PushAsync(stack, "1", moved, _operator);
        await ReportsAsync(stack, "1", "applied");
        await Eventually.SeesAsync("the new place", late => stack.EdgeApi.GetAsync<JsonNode>("live", late), HasMoved, Patience);

        await PushAsync(stack, "2", moved.Replace("profile: watch-over-robot", "profile: no-such", StringComparison.Ordinal), _operator);
        Assert.Contains("no-such", (string?)(await ReportsAsync(stack, "2", "refused"))["reason"], StringComparison.Ordinal);
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await PushAsync(stack, "3", local, stranger);
        await ReportsAsync(stack, "3", "refused");

        Assert.True(HasMoved(await stack.EdgeApi.GetAsync<JsonNode>("live", Stop)));
        await device.PublishAsync("\"hr\":61");
        Assert.Equal(0, device.Disconnects);
    }

    private static bool HasMoved(JsonNode live) => live.ToJsonString().Contains(NewPlace, StringComparison.Ordinal);

    private void Prepare(Stack stack)
    {
        File.WriteAllText(stack.Folder.File("operator.pem"), _operator.ExportSubjectPublicKeyInfoPem());
        File.AppendAllText(stack.Folder.EdgeConfiguration, "\nconfiguration: { trust: [operator.pem] }\n");
        File.AppendAllText(
            stack.Folder.CloudConfiguration,
            string.Create(CultureInfo.InvariantCulture, $"\ngatewayApi: {{ address: 127.0.0.1, port: {FreePort.Take()}, host: 127.0.0.1, certificate: cloud.pem, key: cloud.key }}\n"));
    }

    private static async Task PushAsync(Stack stack, string version, string document, ECDsa key)
    {
        var (keyFile, unsigned, signed) = (stack.Folder.File("operator.key"), stack.Folder.File("push.yaml"), stack.Folder.File("push.signed.json"));
        SecretFile.Write(keyFile, key.ExportPkcs8PrivateKeyPem());
        await File.WriteAllTextAsync(unsigned, $"version: \"{version}\"\n{document}", Stop);
        var run = await CommandRun.OfAsync(
            ProgramFiles.Find("IoTHealth.Cloud"), ["sign-configuration", "--key", keyFile, "--in", unsigned, "--out", signed], Patience);
        Assert.True(run.ExitCode == 0, run.Errors);

        using var http = new HttpClient { BaseAddress = stack.CloudApi.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (await File.ReadAllTextAsync(stack.Folder.CloudToken, Stop)).Trim());
        using var content = new ByteArrayContent(await File.ReadAllBytesAsync(signed, Stop));
        using var answer = await http.PutAsync($"gateways/{Facility.Gateway}/configuration", content, Stop);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }

    private static async Task<JsonNode> ReportsAsync(Stack stack, string version, string state)
    {
        var twin = await Eventually.SeesAsync(
            $"version {version} is {state}", late => stack.CloudApi.GetAsync<JsonNode>($"gateways/{Facility.Gateway}/twin", late),
            seen => seen["reported"]!["configuration"] is { } told && (string?)told["version"] == version && (string?)told["state"] == state, Patience);
        return twin["reported"]!["configuration"]!;
    }
}
