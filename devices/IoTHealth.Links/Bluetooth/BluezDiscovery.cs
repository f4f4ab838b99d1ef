using IoTHealth.Links.DBus;
using Microsoft.Extensions.Logging;

namespace IoTHealth.Links.Bluetooth;

/// <summary>
/// Keeps every adapter powered and looking for LE devices. Discovery is begun anew every few seconds: BlueZ's list can stay empty under
/// load until then, and a device that was heard once is told again only then. While the adapter connects with a device this is put off,
/// for a while only: devices may follow one another without end.
/// </summary>
internal sealed partial class BluezDiscovery(
    BluezSession session, BluezOptions options, Func<string, bool> isConnecting, TimeProvider time, ILogger logger)
{
    private const int LongestPutOff = 3;

    // The controller's own initialisation may take ten seconds before BlueZ can say that it failed.
    private const int PowerAnswers = 3;

    private readonly Dictionary<string, string> _troubles = [];
    private readonly Dictionary<string, long> _begun = [];

    private IReadOnlyList<string> _served = [];

    /// <summary>What is wrong with the adapters, in words; null when nothing is.</summary>
    public string? Trouble { get; private set; } = "discovery has not begun yet";

    /// <summary>Runs until cancelled.</summary>
    /// <exception cref="IOException">The bus is gone.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var adapters = session.Objects.Adapters;
            _served = [.. adapters.Select(adapter => adapter.Path)];
            foreach (var gone in _begun.Keys.Except(_served).ToList())
            {
                _begun.Remove(gone);
            }

            foreach (var adapter in adapters)
            {
                await KeepAsync(adapter, cancellation);
            }

            Trouble = Words(adapters);
            await NextAsync(cancellation);
        }
    }

    private string? Words(IReadOnlyList<BluezAdapter> adapters) => adapters.Count == 0
        ? "there is no Bluetooth adapter"
        : adapters.Where(adapter => _troubles.ContainsKey(adapter.Path)).Select(adapter => $"{adapter.Name}: {_troubles[adapter.Path]}").FirstOrDefault();

    private async Task KeepAsync(BluezAdapter adapter, CancellationToken cancellation)
    {
        try
        {
            if (!adapter.IsPowered)
            {
                _begun.Remove(adapter.Path);
                await session.AskAsync(
                    adapter.Path,
                    BusName.Properties,
                    "Set",
                    "ssv",
                    [BluezName.Adapter, "Powered", true],
                    PowerAnswers * options.AnswerTimeout,
                    cancellation);
            }

            if (_begun.TryGetValue(adapter.Path, out var begun))
            {
                if (isConnecting(adapter.Path) && time.GetElapsedTime(begun) < LongestPutOff * options.DiscoveryRestart)
                {
                    return;
                }

                _begun.Remove(adapter.Path);
                await StopAsync(adapter, cancellation);
            }

            await StartAsync(adapter, cancellation);
            _begun[adapter.Path] = time.GetTimestamp();
            _troubles.Remove(adapter.Path);
        }
        catch (BusException e)
        {
            Note(adapter, $"{e.Name}: {e.Message}");
        }
    }

    private async Task StartAsync(BluezAdapter adapter, CancellationToken cancellation)
    {
        var filter = new Dictionary<string, object> { ["Transport"] = "le", ["DuplicateData"] = false };
        await session.AskAsync(adapter.Path, BluezName.Adapter, "SetDiscoveryFilter", "a{sv}", [filter], cancellation);
        try
        {
            await session.AskAsync(adapter.Path, BluezName.Adapter, "StartDiscovery", "", [], cancellation);
        }
        catch (BusException e) when (e.Name == BluezError.InProgress)
        {
            // It is on already.
        }
    }

    private async Task StopAsync(BluezAdapter adapter, CancellationToken cancellation)
    {
        try
        {
            await session.AskAsync(adapter.Path, BluezName.Adapter, "StopDiscovery", "", [], cancellation);
        }
        catch (BusException e) when (e.Name is BluezError.Failed or BluezError.InProgress)
        {
            // It has ended by itself.
        }
    }

    // The next round is due after a while, or at once when an adapter came or went.
    private async Task NextAsync(CancellationToken cancellation)
    {
        using var due = new CancellationTokenSource(options.DiscoveryRestart, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, due.Token);
        try
        {
            await session.Objects.Changes.HoldsAsync(
                () => !session.Objects.Adapters.Select(adapter => adapter.Path).SequenceEqual(_served), either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Due.
        }
    }

    private void Note(BluezAdapter adapter, string trouble)
    {
        if (_troubles.GetValueOrDefault(adapter.Path) != trouble)
        {
            LogTrouble(logger, adapter.Name, trouble);
        }

        _troubles[adapter.Path] = trouble;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Bluetooth adapter {Adapter} does not look for devices: {Trouble}")]
    private static partial void LogTrouble(ILogger logger, string adapter, string trouble);
}
