using System.Text;
using IoTHealth.Edge.Uplink;

namespace IoTHealth.Edge.Tests.Uplink;

public sealed class SasTokenTests
{
    // The signature was computed apart: printf 'hub.example%%2Fdevices%%2Fgw-01\n1700000000' | openssl dgst -sha256 -mac hmac -macopt key:secret -binary | base64
    [Fact]
    public void Signs_resource_and_expiry_as_the_hub_does()
    {
        var token = SasToken.Create("hub.example", "gw-01", Encoding.UTF8.GetBytes("secret"), DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
        Assert.Equal(
            "SharedAccessSignature sr=hub.example%2Fdevices%2Fgw-01&sig=B5T9CZ1x8XdOdBroSwTx%2FMf1lGRdvFGmWGGA97%2BTtVY%3D&se=1700000000",
            token);
    }
}
