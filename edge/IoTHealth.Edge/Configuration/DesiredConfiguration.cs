using System.Text.Json;
using System.Text.Json.Nodes;
using IoTHealth.Documents;
using IoTHealth.Edge.Management;
using IoTHealth.Edge.Uplink;

namespace IoTHealth.Edge.Configuration;

/// <summary>
/// Brings the gateway to the signed document that the twin names by version, hash and address. What cannot be used is refused whole
/// with line and reason, and what was in force goes on.
/// </summary>
public sealed partial class DesiredConfiguration(
    RunningConfiguration running, ConfigurationStore store, ConfigurationStatus status, IDocumentSource source, AuditLog audit,
    ILogger<DesiredConfiguration> logger) : IDesiredSection
{
    public string Name => "configuration";

    /// <summary>The document could not be fetched.</summary>
    public bool IsUnfinished { get; private set; }

    public async Task<JsonNode?> ApplyAsync(JsonNode? desired, CancellationToken cancellation)
    {
        IsUnfinished = false;
        if (desired is null)
        {
            return Report(null, null, null);
        }

        Wanted? wanted = null;
        try
        {
            wanted = Read(desired);
            if (!(status.IsSigned && running.Current.Digest == wanted.Sha256))
            {
                await TakeAsync(wanted, cancellation);
                audit.Write("cloud", $"configuration {wanted.Version}", "applied");
            }

            status.Refusal = null;
            return Report(wanted, "applied", null);
        }
        catch (Exception e) when (e is DocumentException or IOException or UnauthorizedAccessException)
        {
            if (status.Refusal != e.Message)
            {
                LogRefused(logger, e.Message);
                audit.Write("cloud", $"configuration {wanted?.Version}", "refused");
            }

            status.Refusal = e.Message;
            return Report(wanted, "refused", e.Message);
        }
    }

    private async Task TakeAsync(Wanted wanted, CancellationToken cancellation)
    {
        var before = running.Current;
        var bytes = await FetchAsync(wanted.Url, cancellation);
        var document = SignedConfiguration.Read(bytes, $"configuration {wanted.Version}", before);
        Check(document, wanted);
        await running.ApplyAsync(document, cancellation);
        try
        {
            store.Keep(bytes);
            status.IsSigned = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // After the next start the old one would be in force: then let it be so at once.
            await running.ApplyAsync(before, CancellationToken.None);
            throw new IOException($"it could not be kept, and what was in force is in force again: {e.Message}", e);
        }
    }

    private void Check(EdgeConfiguration document, Wanted wanted)
    {
        if (document.Digest != wanted.Sha256)
        {
            throw new DocumentException($"the document's hash is {document.Digest}, and the twin names {wanted.Sha256}");
        }

        if (document.Version != wanted.Version)
        {
            throw document.Mistake("/version", $"the document's version is {document.Version}, and the twin names {wanted.Version}");
        }

        if (status.IsSigned && ConfigurationVersion.TryParse(running.Current.Version, out var inForce) &&
            !(ConfigurationVersion.TryParse(document.Version, out var version) && version.IsNewerThan(inForce)))
        {
            throw document.Mistake(
                "/version", $"version {document.Version} is not newer than {running.Current.Version}, which is in force; to go back, sign the older content under a newer version");
        }
    }

    private async Task<byte[]> FetchAsync(string url, CancellationToken cancellation)
    {
        try
        {
            return await source.FetchAsync(url, cancellation);
        }
        catch (IOException e)
        {
            IsUnfinished = true;
            throw new IOException($"{e.Message}; it will be tried again", e);
        }
    }

    private JsonObject Report(Wanted? wanted, string? state, string? reason)
    {
        var report = new JsonObject { ["running"] = running.Current.Digest, ["proposal"] = status.Proposal, ["reason"] = reason };
        if (wanted is not null)
        {
            (report["version"], report["sha256"]) = (wanted.Version, wanted.Sha256);
        }

        report["state"] = state;
        return report;
    }

    private static Wanted Read(JsonNode desired)
    {
        try
        {
            return desired.Deserialize<Wanted>(JsonSerializerOptions.Web) is { Version: not null, Sha256.Length: 64, Url: not null } wanted
                ? wanted with { Sha256 = wanted.Sha256.ToLowerInvariant() }
                : throw new DocumentException("the twin's 'configuration' needs 'version', 'sha256' and 'url'");
        }
        catch (JsonException e)
        {
            throw new DocumentException($"the twin's 'configuration' cannot be read: {e.Message}");
        }
    }

    private sealed record Wanted(string Version, string Sha256, string Url);

    [LoggerMessage(LogLevel.Error, "The configuration that the cloud desires is refused, and the former one stays: {Reason}")]
    private static partial void LogRefused(ILogger logger, string reason);
}
