using System.Collections.Concurrent;
using IoTHealth.Links.DBus;
using Microsoft.Extensions.Logging;

namespace IoTHealth.Links.Bluetooth;

/// <summary>
/// BlueZ as a central: keeps all adapters looking for LE devices and connects with those that are wanted. It bears BlueZ and the
/// bus going away and coming back; what was connected then ends with an <see cref="IOException"/>.
/// </summary>
public sealed partial class BluezCentral : IAsyncDisposable
{
    private const int LooksWhileQuiet = 15;

    private readonly BluezOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly ConnectionSlots _slots;
    private readonly ConcurrentDictionary<string, bool> _wanted = new(StringComparer.OrdinalIgnoreCase);
    private readonly ConcurrentDictionary<string, KnownPeripheral> _known = new(StringComparer.OrdinalIgnoreCase);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;

    private volatile Served? _served;
    private volatile string? _busTrouble = "not connected with the bus yet";

    /// <summary>Starts at once, and tries again for as long as there is no bus or no BlueZ.</summary>
    /// <exception cref="FormatException">The bus's address is none.</exception>
    public BluezCentral(BluezOptions options, ILogger logger, TimeProvider time)
    {
        BusAddress.Parse(options.Bus);
        (_options, _logger, _time) = (options, logger, time);
        _slots = new ConnectionSlots(options.ConnectionsPerAdapter);
        _running = Task.Run(RunAsync);
    }

    /// <summary>What keeps devices from being found, in words: no bus, no BlueZ, no adapter or one that refuses; null when nothing does.</summary>
    public string? Trouble => _served is not { } served ? _busTrouble
        : !served.Session.IsServed ? "BlueZ is not on the bus"
        : served.Discovery.Trouble;

    /// <summary>Devices in reach, wanted or not, each once.</summary>
    public IReadOnlyList<HeardPeripheral> InReach => _served is not { } served ? [] :
    [
        .. served.Session.Objects.Devices.Where(device => device.IsInReach).DistinctBy(device => device.Address).Select(device => new HeardPeripheral(
            device.Address, device.Name, [.. device.Services.Where(text => Guid.TryParse(text, out _)).Select(Guid.Parse)])),
    ];

    /// <summary>What a device waits for that is in reach, in words: a free connection; null when that is not what it waits for.</summary>
    public string? Waiting(string address) => _slots.LacksPlace(Key(address)) ? "waiting for a free connection" : null;

    /// <summary>
    /// Waits until the device is in reach and a connection is free, pairs with it where it is not paired yet, connects, and waits until
    /// its services are known. How long a device is out of reach does not matter.
    /// </summary>
    /// <exception cref="IOException">The device, BlueZ or the bus failed in the middle; to be tried again.</exception>
    /// <exception cref="InvalidOperationException">The same device is wanted or connected already.</exception>
    public async Task<BluezPeripheral> ConnectAsync(PeripheralAddress address, CancellationToken cancellation)
    {
        var key = Key(address.Address);
        if (!_wanted.TryAdd(key, true))
        {
            throw new InvalidOperationException($"{address} is wanted or connected already");
        }

        var wanted = new Release(() => _wanted.TryRemove(key, out _));
        try
        {
            var known = _known.GetOrAdd(key, _ => new KnownPeripheral());
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stopping.Token);
            var slot = await _slots.TakeAsync(key, () => _served?.Session.Objects.WaysTo(address) ?? [], known.HasFailed, either.Token);
            var hold = new Release(() =>
            {
                slot.Dispose();
                wanted.Dispose();
            });
            using (slot.Turn)
            {
                return await DialAsync(address, slot.Device, known, hold, cancellation);
            }
        }
        catch
        {
            wanted.Dispose();
            throw;
        }
    }

    /// <summary>Disconnects from the bus; what is connected ends.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private static string Key(string address) => address.ToUpperInvariant();

    private async Task<BluezPeripheral> DialAsync(
        PeripheralAddress address, BluezDevice device, KnownPeripheral known, Release hold, CancellationToken cancellation)
    {
        if (_served is not { } served)
        {
            hold.Dispose();
            throw new IOException($"connecting with {address}: the bus is gone");
        }

        known.HasFailed = true;
        try
        {
            var dial = new BluezDial(served.Session, device, address, known, _time, _logger);
            var peripheral = await dial.ConnectAsync(hold, _options.ConnectTimeout, cancellation);
            known.HasFailed = false;
            return peripheral;
        }
        finally
        {
            if (known.HasFailed)
            {
                // It may be switched off: BlueZ tells its last strength for as long as discovery lasts.
                served.Session.Objects.Unhear(address.Address);
            }
        }
    }

    private async Task RunAsync()
    {
        var wait = _options.FirstRetry;
        var told = "";
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await ServeAsync(() => (wait, told) = (_options.FirstRetry, ""));
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                _busTrouble = e.Message;
                if (told != e.Message)
                {
                    told = e.Message;
                    LogLost(_logger, e.Message);
                }
            }

            await Task.Delay(wait, _time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            wait = wait * 2 < _options.LongestRetry ? wait * 2 : _options.LongestRetry;
        }
    }

    private async Task ServeAsync(Action opened)
    {
        await using var session = await BluezSession.OpenAsync(_known, _options, _time, _logger, _stopping.Token);
        opened();
        var discovery = new BluezDiscovery(session, _options, _slots.IsConnecting, _time, _logger);
        _served = new Served(session, discovery);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        Task[] parts = [session.FollowAsync(ending.Token), discovery.RunAsync(ending.Token), LookAsync(session, ending.Token), MakeRoomAsync(session, ending.Token)];
        try
        {
            await await Task.WhenAny(parts);
        }
        finally
        {
            _served = null;
            await ending.CancelAsync();
            await session.Bus.DisposeAsync();
            await Task.WhenAll(parts).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // One at a time: the next look is only after its place has been taken.
    private async Task MakeRoomAsync(BluezSession session, CancellationToken cancellation)
    {
        using var looking = new PeriodicTimer(_options.QuietBeforeGivingPlace / LooksWhileQuiet, _time);
        while (await looking.WaitForNextTickAsync(cancellation))
        {
            if (session.Quietest(_slots.Crowded()) is { } quietest)
            {
                LogGaveWay(_logger, quietest.Address);
                await quietest.CloseAsync("gave its place to another device");
            }
        }
    }

    // Whatever changes may have brought a wanted device into reach.
    private Task LookAsync(BluezSession session, CancellationToken cancellation) => session.Objects.Changes.HoldsAsync(
        () =>
        {
            _slots.Look();
            return false;
        },
        cancellation);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The Bluetooth service's bus failed and is tried again until it answers: {Reason}")]
    private static partial void LogLost(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Bluetooth device {Address} has been quiet and gave its place to another one")]
    private static partial void LogGaveWay(ILogger logger, string address);

    private sealed record Served(BluezSession Session, BluezDiscovery Discovery);
}
