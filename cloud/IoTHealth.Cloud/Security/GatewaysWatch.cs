using System.Security.Cryptography;
using IoTHealth.Cloud.Hub;

namespace IoTHealth.Cloud.Security;

/// <summary>
/// Reads the gateways of cloud.yaml, and their key files, again whenever these change: a new gateway may come in, and one that is
/// gone or has another key is cut. Polls the content like the residents' watch, and takes it once two looks saw the same. With a
/// mistake in it the former gateways stay. Other settings count from the next start.
/// </summary>
public sealed partial class GatewaysWatch(CloudSettings settings, GatewayRegistry registry, IHubLine line, TimeProvider time, ILogger<GatewaysWatch> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private CloudSettings _settings = settings;
    private byte[] _applied = Fingerprint(settings);
    private byte[] _seen = [];
    private volatile string? _refusal;

    /// <summary>Why the file as it is now cannot be used; null while it is in force.</summary>
    public string? Refusal => _refusal;

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            try
            {
                await LookAsync();
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                Refuse(e.Message);
            }
        }
    }

    /// <summary>Looks once; throws where the loop would only report.</summary>
    internal async Task LookAsync()
    {
        var print = Fingerprint(_settings);
        if (print.AsSpan().SequenceEqual(_applied))
        {
            (_seen, _refusal) = (print, null);
        }
        else if (!print.AsSpan().SequenceEqual(_seen))
        {
            _seen = print;
        }
        else
        {
            await ApplyAsync(CloudSettings.Load(_settings.File));
        }
    }

    private async Task ApplyAsync(CloudSettings now)
    {
        var gateways = now.Hub.ReadGateways();
        var gone = registry.Replace(gateways);
        _settings = now;
        (_applied, _refusal) = (Fingerprint(now), null);
        LogRead(logger, gateways.Count, gone.Count);
        foreach (var gateway in gone)
        {
            if (await line.CutAsync(gateway))
            {
                LogCut(logger, gateway);
            }
        }
    }

    private void Refuse(string reason)
    {
        if (_refusal != reason)
        {
            LogKept(logger, reason);
        }

        _refusal = reason;
    }

    private static byte[] Fingerprint(CloudSettings settings)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in settings.Hub.Gateways.Select(gateway => gateway.KeyFile).OfType<string>().Prepend(settings.File))
        {
            // A key file that is missing counts as a change, and reading it then says so.
            hash.AppendData(SHA256.HashData(File.Exists(file) ? File.ReadAllBytes(file) : []));
        }

        return hash.GetHashAndReset();
    }

    [LoggerMessage(LogLevel.Information, "Read the gateways anew: {Count} are registered, {Gone} are gone or known by something else")]
    private static partial void LogRead(ILogger logger, int count, int gone);

    [LoggerMessage(LogLevel.Warning, "Cut the session of {Gateway}, which is not registered as it was any more")]
    private static partial void LogCut(ILogger logger, string gateway);

    [LoggerMessage(LogLevel.Error, "The gateways of cloud.yaml cannot be used and the former ones stay: {Reason}")]
    private static partial void LogKept(ILogger logger, string reason);
}
