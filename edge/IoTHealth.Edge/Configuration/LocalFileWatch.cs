using System.Security.Cryptography;
using IoTHealth.Documents;
using IoTHealth.Edge.Management;

namespace IoTHealth.Edge.Configuration;

/// <summary>
/// Reads the box's own file, and the rule file it names, again whenever their content changes. A change counts once two looks in a row
/// saw the same bytes, so that a file is not taken half-saved. While a signed document is in force an edit is a proposal and no more.
/// </summary>
public sealed partial class LocalFileWatch(
    RunningConfiguration running, ConfigurationStatus status, AuditLog audit, TimeProvider time, ILogger<LocalFileWatch> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private string _judged = "";
    private string _seen = "";

    /// <summary>Looks once.</summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        if (running.Current.File is not { } file)
        {
            return;
        }

        try
        {
            var now = Fingerprint(file);
            if (now != _judged && now == _seen)
            {
                _judged = now;
                await JudgeAsync(EdgeConfiguration.Load(file), cancellation);
            }
            else
            {
                _seen = now;
            }
        }
        catch (DocumentException e)
        {
            Refuse(e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Once it can be read, or taken up, it is judged anew, whatever it says then.
            (_judged, _seen) = ("", "");
            Refuse(e.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            using var timer = new PeriodicTimer(Interval, time);
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await LookAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The gateway stops.
        }
    }

    private async Task JudgeAsync(EdgeConfiguration local, CancellationToken cancellation)
    {
        if (status.IsSigned)
        {
            Propose(local);
            return;
        }

        if (await running.ApplyAsync(local, cancellation))
        {
            audit.Write("local-file", "configuration", "applied");
        }

        status.Refusal = null;
    }

    private void Propose(EdgeConfiguration local)
    {
        var isOther = ConfigurationChange.Between(local.On(running.Current) with { Version = running.Current.Version }, running.Current).Count > 0;
        status.Proposal = isOther ? local.Digest : null;
        if (isOther)
        {
            LogProposal(logger, running.Current.File, running.Current.Version, local.Digest);
        }
    }

    private void Refuse(string reason)
    {
        if (status.Refusal != reason)
        {
            LogRefused(logger, reason);
            audit.Write("local-file", "configuration", "refused");
        }

        status.Refusal = reason;
    }

    private string Fingerprint(string file)
    {
        var rules = running.Current.Alarms is { Book.Count: 0, Rules: { } path } && File.Exists(path) ? path : null;
        return Hash(file) + (rules is null ? "" : rules + Hash(rules));
    }

    private static string Hash(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    [LoggerMessage(LogLevel.Warning, "{File} says something else than the signed configuration {Version}, which stays in force; it is a proposal ({Digest})")]
    private static partial void LogProposal(ILogger logger, string? file, string? version, string digest);

    [LoggerMessage(LogLevel.Error, "The edited configuration cannot be used, and the former one stays: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);
}
