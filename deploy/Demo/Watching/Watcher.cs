using System.Text.Json;

namespace IoTHealth.Demo.Watching;

/// <summary>Asks edge and cloud how they are.</summary>
internal sealed class Watcher(LocalApi edge, LocalApi cloud, TimeProvider time)
{
    public async Task<Snapshot> LookAsync(CancellationToken cancel)
    {
        var live = AskAsync<EdgeLive>(edge, "live", cancel);
        var status = AskAsync<CloudStatus>(cloud, "status", cancel);
        return new Snapshot(time.GetUtcNow().ToLocalTime(), await live, await status);
    }

    private static async Task<T?> AskAsync<T>(LocalApi api, string path, CancellationToken cancel)
        where T : class
    {
        try
        {
            return await api.GetAsync<T>(path, cancel);
        }
        catch (Exception error) when (IsSilence(error) && !cancel.IsCancellationRequested)
        {
            return null;
        }
    }

    // A time-out of the HTTP client is a cancellation too; only our own cancellation ends the demo.
    private static bool IsSilence(Exception error) =>
        error is HttpRequestException or IOException or JsonException or OperationCanceledException;
}
