using System.Security.Cryptography;
using System.Text;
using IoTHealth.Cloud.Security;
using IoTHealth.Links.Mqtt;
using Microsoft.Extensions.Time.Testing;

namespace IoTHealth.Cloud.Tests.Hub;

public sealed class HubDoorTests
{
    private const string Host = "hub.iothealth.local";
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(n => (byte)n)];
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero);

    private readonly HubDoor _door = Door(
        new() { ["gw-01"] = new GatewayCredential.SharedKey(Key), ["gw-02"] = new GatewayCredential.SharedKey(Key.Reverse().ToArray()) });

    [Theory]
    [InlineData("gw-01", Host + "/gw-01/?api-version=2020-09-30", Host + "/devices/gw-01", 60, null)]
    [InlineData("gw-01", Host + "/gw-01/?api-version=2020-09-30&DeviceClientType=x", Host + "/devices/gw-01", 60, null)]
    [InlineData("gw-01", "edge.iothealth.local/gw-01/?api-version=2020-09-30", Host + "/devices/gw-01", 60, null)]
    [InlineData("gw-01", Host + "/gw-01/?api-version=2020-09-30", "HUB.iothealth.local/devices/gw-01", 1, null)]
    [InlineData("gw-01", Host + "/gw-01/?api-version=2020-09-30", Host + "/devices/gw-01", 0, "expired")]
    [InlineData("gw-01", Host + "/gw-01/?api-version=2020-09-30", Host + "/devices/gw-01", -60, "expired")]
    [InlineData("gw-01", Host + "/gw-01/?api-version=2020-09-30", "evil.example/devices/gw-01", 60, "another hub")]
    [InlineData("gw-01", Host + "/gw-01/?api-version=2020-09-30", Host + "/devices/gw-02", 60, "another hub or device")]
    [InlineData("gw-02", Host + "/gw-02/?api-version=2020-09-30", Host + "/devices/gw-02", 60, "signature")]
    [InlineData("gw-03", Host + "/gw-03/?api-version=2020-09-30", Host + "/devices/gw-03", 60, "not registered")]
    [InlineData("gw-01", Host + "/gw-02/?api-version=2020-09-30", Host + "/devices/gw-01", 60, "user name")]
    [InlineData("gw-01", "evil.example/gw-01/?api-version=2020-09-30", Host + "/devices/gw-01", 60, "user name")]
    [InlineData("gw-01", Host + "/gw-01", Host + "/devices/gw-01", 60, "user name")]
    [InlineData("gw-01", null, Host + "/devices/gw-01", 60, "user name")]
    public void A_gateway_comes_in_with_its_own_name_key_and_time(string client, string? user, string resource, int seconds, string? refusal) =>
        Expect(refusal, client, user, Token(resource, Now.AddSeconds(seconds).ToUnixTimeSeconds().ToString(null, null)));

    [Theory]
    [InlineData("")]
    [InlineData("SharedAccessSignature ")]
    [InlineData("SharedAccessSignature sr=a&sig=b")]
    [InlineData("Bearer x")]
    public void A_password_that_is_no_token_is_refused(string password) =>
        Expect("not a shared access signature", "gw-01", Host + "/gw-01/?api-version=2020-09-30", password);

    [Theory]
    [InlineData("sig=%%%")]
    [InlineData("sig=AAAA")]
    [InlineData("sig=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Odd_signatures_are_refused_and_nothing_throws(string signature) => Expect(
        "signature", "gw-01", Host + "/gw-01/?api-version=2020-09-30",
        $"SharedAccessSignature sr={Uri.EscapeDataString(Host + "/devices/gw-01")}&{signature}&se=99999999999");

    [Theory]
    [InlineData("never")]
    [InlineData("-1")]
    [InlineData("99999999999999999999999")]
    public void An_expiry_that_is_no_time_has_passed(string expiry) =>
        Expect("expired", "gw-01", Host + "/gw-01/?api-version=2020-09-30", Token(Host + "/devices/gw-01", expiry));

    private static HubDoor Door(Dictionary<string, GatewayCredential> gateways)
    {
        var time = new FakeTimeProvider(Now);
        return new HubDoor([Host, "edge.iothealth.local"], new GatewayRegistry(gateways), new ClientCertificates([], time), time);
    }

    internal static string Token(string resource, string expiry, byte[]? key = null)
    {
        var sr = Uri.EscapeDataString(resource);
        var signature = Convert.ToBase64String(HMACSHA256.HashData(key ?? Key, Encoding.UTF8.GetBytes(sr + "\n" + expiry)));
        return $"SharedAccessSignature sr={sr}&sig={Uri.EscapeDataString(signature)}&se={expiry}";
    }

    private void Expect(string? refusal, string client, string? user, string password)
    {
        var reason = _door.Refusal(new MqttConnect(client, user, Encoding.UTF8.GetBytes(password), ""));
        if (refusal is null)
        {
            Assert.Null(reason);
        }
        else
        {
            Assert.Contains(refusal, reason, StringComparison.Ordinal);
        }
    }
}
