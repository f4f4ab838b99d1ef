using System.Globalization;

namespace IoTHealth.Hostile.Mqtt;

/// <summary>
/// Malformed, oversized, slow and hostile packets on the MQTT door of a running gateway, by TLS and before it, from several
/// addresses at once, while a neighbour publishes and must be answered in time.
/// </summary>
public static class MqttAttack
{
    private const int Attackers = 4;
    /// <summary>The gateway tells 2,000 reasons of quarantine in its life, and each client once a minute.</summary>
    private const int LogLinesMaximum = 5_000;

    /// <summary>How late a neighbour's PUBACK may be: the gateway itself gives up on the disk after 5 s.</summary>
    private const double LateMilliseconds = 3_000;

    /// <summary>What the attack may add to the memory that the gateway took once it had seen a tenth of it.</summary>
    private const double GrowthMegabytes = 100;

    public static async Task<HostileReport> RunAsync(int cases, int seed, TimeProvider time, CancellationToken stop)
    {
        await using var gateway = await GatewayUnderAttack.StartAsync(Attackers, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var (neighbour, slow) = (new Neighbour(), new SlowClients(gateway.EndPoint, gateway.Authority));
        var publishing = neighbour.RunAsync(gateway.EndPoint, gateway.Authority, gateway.Password, time, over.Token);
        var dripping = slow.RunAsync(time, over.Token);
        var first = await AttackAsync(gateway, cases / 10, seed, stop);
        var early = Megabytes(gateway);
        var counts = first.Concat(await AttackAsync(gateway, cases - (cases / 10), seed + 1, stop)).GroupBy(pair => pair.Key).ToDictionary(kind => kind.Key, kind => kind.Sum(pair => pair.Value));
        var late = Megabytes(gateway);
        await over.CancelAsync();
        await dripping;
        await publishing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var log = gateway.Log;
        var told = string.Create(
            CultureInfo.InvariantCulture,
            $"{string.Join(", ", counts.Select(kind => $"{kind.Value} {kind.Key}"))}, {slow.Closed} slow ones put out; the neighbour got {neighbour.Acknowledged} of {neighbour.Sent} PUBACKs, p99 {neighbour.P99Milliseconds:F0} ms, latest {neighbour.MaximumMilliseconds:F0} ms; memory {early:F0} → {late:F0} MB; {log.Count} lines of log");
        return new HostileReport(told, [.. Mistakes(gateway, neighbour, publishing, slow, late - early, log)]);
    }

    private static IEnumerable<string> Mistakes(
        GatewayUnderAttack gateway, Neighbour neighbour, Task publishing, SlowClients slow, double growth, IReadOnlyList<string> log)
    {
        if (gateway.HasEnded)
        {
            yield return "the gateway ended";
        }

        if (publishing.Exception is { } trouble)
        {
            yield return trouble.InnerException!.Message;
        }

        if (neighbour.Acknowledged != neighbour.Sent || neighbour.MaximumMilliseconds > LateMilliseconds)
        {
            yield return "the neighbour was not answered in time";
        }

        if (slow.Closed == 0)
        {
            yield return "no slow client was put out";
        }

        if (growth > GrowthMegabytes)
        {
            yield return "memory grew";
        }

        if (log.Count > LogLinesMaximum)
        {
            yield return "the log was filled";
        }

        foreach (var line in log.Where(line => line.Contains(" fail: ", StringComparison.Ordinal) || line.Contains(" crit: ", StringComparison.Ordinal)).Take(3))
        {
            yield return line;
        }
    }

    private static async Task<List<KeyValuePair<string, int>>> AttackAsync(GatewayUnderAttack gateway, int cases, int seed, CancellationToken stop)
    {
        var attackers = Enumerable.Range(0, Attackers).Select(number => new Attacker(number, seed, gateway.EndPoint, gateway.Authority, gateway.Password));
        var counts = await Task.WhenAll(attackers.Select(attacker => Task.Run(() => attacker.RunAsync(cases / Attackers, stop), stop)));
        return [.. counts.SelectMany(count => count)];
    }

    private static double Megabytes(GatewayUnderAttack gateway) => gateway.ResidentBytes / 1_048_576.0;
}
