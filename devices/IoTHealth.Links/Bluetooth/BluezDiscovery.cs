using IoTHealth.Links.DBus;
using Microsoft.Extensions.Logging;

namespace IoTHealth.Links.Bluetooth;

/// <summary>
/// Keeps every adapter powered and looking for LE devices. Discovery is begun anew every few seconds while nobody is connecting:
/// BlueZ's list can stay empty under load until then, and a device that was heard once is told again only then.
/// </summary>
internal sealed partial class BluezDiscovery(BluezSession session, BluezOptions options, TimeProvider time, ILogger logger)
{
    private readonly Dictionary<string, string> _troubles = [];
    private readonly HashSet<string> _discovering = [];

    private IReadOnlyList<string> _served = [];
    private int _connecting;

    /// <summary>What is wrong with the adapters, in words; null when nothing is.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Discovery is left as it is until the answer is disposed.</summary>
    public IDisposable Pause()
    {
        Interlocked.Increment(ref _connecting);
        return new Release(() => Interlocked.Decrement(ref _connecting));
    }

    /// <summary>Runs until cancelled.</summary>
    /// <exception cref="IOException">The bus is gone.</exception>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var adapters = session.Objects.Adapters;
            _served = [.. adapters.Select(adapter => adapter.Path)];
            _discovering.IntersectWith(_served);
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
                _discovering.Remove(adapter.Path);
                await session.Bus.CallAsync(
                    BluezName.Service, adapter.Path, BusName.Properties, "Set", "ssv", [BluezName.Adapter, "Powered", true], cancellation);
            }

            if (_discovering.Contains(adapter.Path))
            {
                if (Volatile.Read(ref _connecting) > 0)
                {
                    return;
                }

                _discovering.Remove(adapter.Path);
                await StopAsync(adapter, cancellation);
            }

            await StartAsync(adapter, cancellation);
            _discovering.Add(adapter.Path);
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
        await session.Bus.CallAsync(BluezName.Service, adapter.Path, BluezName.Adapter, "SetDiscoveryFilter", "a{sv}", [filter], cancellation);
        try
        {
            await session.Bus.CallAsync(BluezName.Service, adapter.Path, BluezName.Adapter, "StartDiscovery", cancellation);
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
            await session.Bus.CallAsync(BluezName.Service, adapter.Path, BluezName.Adapter, "StopDiscovery", cancellation);
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
