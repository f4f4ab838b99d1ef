using System.Diagnostics;
using IoTHealth.Cloud.Log;
using IoTHealth.Measurements;
using IoTHealth.Testing;
namespace IoTHealth.Cloud.Tests;
public sealed class ZFigures
{
    [Fact]
    public async Task Figures()
    {
        using var folder = new CloudFolder();
        await using var fhir = await FhirEndpoint.StartAsync(folder.Folder);
        folder.WriteConfiguration(fhir.Url);
        var lines = new List<string>();
        var sw = Stopwatch.StartNew();
        await using var host = await CloudHost.StartAsync(CloudSettings.Load(folder.Configuration), default);
        lines.Add($"start in-process {sw.ElapsedMilliseconds} ms");
        await using var gw = await Gateway.ConnectAsync("gw-01", folder.Key, host.Hub, folder.Certificates.AuthorityFile);
        await gw.PublishAsync(Readings.HeartRates(1, 1));
        await Eventually.HoldsAsync("x", () => fhir.Observations.Count == 1, TimeSpan.FromSeconds(20));
        var ack = new List<double>(); var obs = new List<double>();
        for (var n = 2; n <= 101; n++)
        {
            sw.Restart();
            await gw.PublishAsync(Readings.HeartRates(n, 1));
            ack.Add(sw.Elapsed.TotalMilliseconds);
            while (fhir.Observations.Count < n && sw.ElapsedMilliseconds < 5000) await Task.Yield();
            obs.Add(sw.Elapsed.TotalMilliseconds);
        }
        ack.Sort(); obs.Sort();
        lines.Add($"puback p50 {ack[50]:0.0} p99 {ack[98]:0.0} ms; observation p50 {obs[50]:0.0} p99 {obs[98]:0.0} max {obs[99]:0.0} ms");
        sw.Restart();
        for (var b = 0; b < 20; b++) await gw.PublishAsync(Readings.HeartRates(200 + b * 1000, 1000));
        lines.Add($"20 batches of 1000, one after another, acknowledged: {20000 / sw.Elapsed.TotalSeconds:0} readings/s");
        await Eventually.HoldsAsync("x", () => fhir.Observations.Count >= 20101, TimeSpan.FromSeconds(300));
        lines.Add($"all as observations at {20000 / sw.Elapsed.TotalSeconds:0} readings/s; repeated {fhir.Repeated.Count}");
        await using var log = SqliteMeasurementLog.Open(folder.Folder.File("bench.db"));
        var lease = await log.TakeOverAsync(1, default);
        var batches = Enumerable.Range(0, 20).Select(b => Readings.HeartRates(1 + b * 1000, 1000)).ToList();
        sw.Restart();
        foreach (var batch in batches) lease = await log.AppendAsync(lease, [batch], Readings.Instant, default);
        lines.Add($"bare log, 1000 a transaction: {20000 / sw.Elapsed.TotalSeconds:0} entries/s");
        File.WriteAllLines("/tmp/ct/figures.txt", lines);
    }
}
