using System.Security.Cryptography.X509Certificates;
using IoTHealth.Edge.Tests.Configuration;
using IoTHealth.Edge.Uplink;
using IoTHealth.Measurements;
using IoTHealth.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace IoTHealth.Edge.Tests.Uplink;

/// <summary>A whole gateway whose certificate expired while it was offline.</summary>
public sealed class ExpiredCertificateTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Stops_neither_intake_nor_alarms_and_all_of_it_goes_out_once_it_is_renewed()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var folder = new TestFolder();
        await using var hub = new HubDouble(folder) { AcceptsCertificate = shown => shown.NotAfter > TimeProvider.System.GetLocalNow().DateTime };
        await hub.StartAsync();
        Issue(hub, folder, now.AddDays(-20), now.AddDays(-1));
        await using var box = new Box();
        var uplink = $"uplink: {{ host: 127.0.0.1, port: {hub.Port}, hubHost: {HubDouble.Host}, certificate: {folder.File("gw.pem")}, key: {folder.File("gw.key")}, ca: {hub.Certificates.AuthorityFile} }}";
        await box.StartAsync(Box.Document([Box.Robot("robot-01")], $"alarms: {{ rules: rules.yaml }}\n{uplink}"));

        using var robot = await box.ConnectAsync("robot-01");
        Assert.True(await robot.PublishAsync());
        await Eventually.HoldsAsync("the alarm is in the journal", () => box.Journal.Read(1, 9, 9, 9_999).Any(entry => entry.Kind == EntryKind.Alarm), Patience);
        var state = () => Task.FromResult(box.App.Services.GetRequiredService<CloudUplink>().State);
        await Eventually.SeesAsync("the reason is said", _ => state(), seen => seen.Contains("our certificate expired on", StringComparison.Ordinal), Patience);
        Assert.True(await robot.PublishAsync());
        Assert.Empty(hub.Batches);

        Issue(hub, folder, now.AddDays(-1), now.AddDays(90));
        await Eventually.SeesAsync("all is sent", _ => state(), _ => box.App.Services.GetRequiredService<CloudUplink>().Behind == 0, Patience);
        Assert.Equal(EntryKind.Alarm, hub.Batches[0].Entries[0].Kind);
    }

    private static void Issue(HubDouble hub, TestFolder folder, DateTimeOffset from, DateTimeOffset until)
    {
        using var certificate = hub.Certificates.Client("gw-01", from, until);
        File.WriteAllText(folder.File("gw.pem"), certificate.ExportCertificatePem());
        SecretFile.Write(folder.File("gw.key"), certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
    }
}
