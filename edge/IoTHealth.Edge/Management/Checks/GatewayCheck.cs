using IoTHealth.Edge.Configuration;

namespace IoTHealth.Edge.Management.Checks;

/// <summary>Everything that <c>check</c> looks at, one after the other; what a look itself stumbles over is a failure of its part.</summary>
internal static class GatewayCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly ICheck[] Checks =
    [
        new ConfigurationCheck(), new CertificateCheck(), new PortCheck(), new DiskCheck(), new JournalCheck(), new ClockCheck(), new LinkCheck(),
        new CloudCheck(), new InfluxCheck(),
    ];

    public static async IAsyncEnumerable<CheckLine> LookAsync(EdgeConfiguration configuration, TimeProvider time)
    {
        var subject = new CheckSubject(configuration, RunningGateway.IsOn(configuration.Data), time);
        foreach (var check in Checks)
        {
            foreach (var line in await LookAsync(check, subject))
            {
                yield return line;
            }
        }
    }

    private static async Task<IReadOnlyList<CheckLine>> LookAsync(ICheck check, CheckSubject subject)
    {
        using var limit = new CancellationTokenSource(Patience, subject.Time);
        try
        {
            return await check.LookAsync(subject, limit.Token);
        }
        catch (Exception e)
        {
            var part = check.GetType().Name.Replace("Check", "", StringComparison.Ordinal).ToLowerInvariant();
            return [CheckLine.Failed(part, new Words($"確認できません: {e.Message}", $"it could not be looked at: {e.Message}"), new Words("理由を取り除いて再実行してください。", "Remove the reason and run this again."))];
        }
    }
}
