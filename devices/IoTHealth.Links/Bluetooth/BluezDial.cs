using IoTHealth.Links.DBus;
using Microsoft.Extensions.Logging;

namespace IoTHealth.Links.Bluetooth;

/// <summary>One attempt to connect with a device in reach: pairing, connecting, and finding its characteristics.</summary>
internal sealed partial class BluezDial(
    BluezSession session, BluezDevice device, PeripheralAddress address, KnownPeripheral known, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan SettleTimeout = TimeSpan.FromSeconds(2);

    private readonly string _path = device.Path;
    private readonly BluezLink _link = new(session.Bus, session.Objects, time, device.Address, device.Path);

    /// <param name="hold">Freed when the connection has ended, or was not made.</param>
    /// <param name="timeout">For pairing, from its turn; and then for connecting.</param>
    /// <param name="cancellation">Gives it up.</param>
    /// <exception cref="IOException">It did not work; the device is disconnected.</exception>
    public async Task<BluezPeripheral> ConnectAsync(IDisposable hold, TimeSpan timeout, CancellationToken cancellation)
    {
        var acceptance = session.Agent.Accept(_path, address.Passkey);
        var all = new Release(() =>
        {
            session.Forget(_path);
            acceptance.Dispose();
            hold.Dispose();
        });
        try
        {
            await BondAsync(acceptance, timeout, cancellation);
            // Not before: what somebody else tells at this address is nobody's.
            session.Collect(_path, known);
            return await InTimeAsync("connecting", timeout, late => ConnectAsync(all, late, cancellation), cancellation);
        }
        catch (Exception e)
        {
            await _link.DisconnectAsync(cancellation);
            all.Dispose();
            throw e is BusException error ? BluezError.Of($"connecting with {address}", error) : e;
        }
    }

    private async Task<BluezPeripheral> ConnectAsync(IDisposable hold, CancellationToken cancellation, CancellationToken stopping)
    {
        await session.Bus.CallAsync(
            BluezName.Service, _path, BusName.Properties, "Set", "ssv", [BluezName.Device, "Trusted", true], cancellation);
        var drops = Current().Drops;
        await OpenAsync(cancellation);
        await session.Objects.Changes.HoldsAsync(() => IsResolved(drops), cancellation);
        var peripheral = new BluezPeripheral(_link, await CharacteristicsAsync(cancellation), known.Inbox, hold, stopping);
        session.Watch(peripheral, drops);
        return peripheral;
    }

    private async Task<T> InTimeAsync<T>(string what, TimeSpan timeout, Func<CancellationToken, Task<T>> part, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            return await part(either.Token);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"{what} with {address} took longer than {timeout.TotalSeconds} s", e);
        }
    }

    private async Task BondAsync(PairingAcceptance acceptance, TimeSpan timeout, CancellationToken cancellation)
    {
        if (Current().IsPaired)
        {
            if (address.Passkey is not null && !known.IsProven(_path))
            {
                await UnbondAsync(cancellation);
                throw new IOException($"connecting with {address}: its bond was not made with its passkey and has been removed; it must pair again");
            }

            return;
        }

        if (!await PairInTurnAsync(timeout, cancellation) || address.Passkey is null)
        {
            return;
        }

        if (!acceptance.IsProven)
        {
            await UnbondAsync(cancellation);
            throw new IOException($"connecting with {address}: it paired without its passkey; the bond has been removed");
        }

        known.Prove(_path);
    }

    private async Task<bool> PairInTurnAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        await session.Pairing.WaitAsync(cancellation);
        try
        {
            return await InTimeAsync("pairing", timeout, PairAsync, cancellation);
        }
        finally
        {
            session.Pairing.Release();
        }
    }

    // Without a passkey pairing protects from nobody in between, so a device that refuses it may still be read: the answer is false then.
    // Not one that was paired before: who does not pair at its address is somebody else.
    private async Task<bool> PairAsync(CancellationToken cancellation)
    {
        try
        {
            await session.Bus.CallAsync(BluezName.Service, _path, BluezName.Device, "Pair", cancellation);
        }
        catch (BusException e) when (e.Name == BluezError.AlreadyExists)
        {
            // Paired meanwhile.
        }
        catch (BusException e) when (address.Passkey is null && !known.WasPaired
            && e.Name is BluezError.AuthenticationFailed or BluezError.AuthenticationRejected or BluezError.NotSupported)
        {
            if (known.Warns())
            {
                LogUnpaired(logger, address.Address, e.Name);
            }

            // BlueZ ends the connection of a pairing that failed, mostly just after it has said so.
            await _link.SettleAsync(now => now is not { IsConnected: true }, SettleTimeout, cancellation);
            return false;
        }

        // What BlueZ told of it before is heard before: it would read as a bond undone.
        await _link.SettleAsync(now => now is not { IsPaired: false }, SettleTimeout, cancellation);
        return true;
    }

    private Task<object[]> UnbondAsync(CancellationToken cancellation) =>
        session.AskAsync(device.Adapter, BluezName.Adapter, "RemoveDevice", "o", [new ObjectPath(_path)], cancellation);

    private async Task OpenAsync(CancellationToken cancellation)
    {
        try
        {
            await session.Bus.CallAsync(BluezName.Service, _path, BluezName.Device, "Connect", cancellation);
        }
        catch (BusException e) when (e.Name == BluezError.AlreadyConnected)
        {
            // From pairing, or from before this program started.
        }
    }

    private bool IsResolved(int drops)
    {
        var now = Current();
        return now.Drops == drops
            ? now is { IsConnected: true, AreServicesResolved: true }
            : throw new IOException($"connecting with {address}: the connection ended before its services were known");
    }

    private BluezDevice Current() =>
        session.Objects.Device(_path) ?? throw new IOException($"connecting with {address}: BlueZ has the device no more");

    // Asked for, not taken from signals: those of the last characteristics may come after the one that tells of their being resolved.
    private async Task<Dictionary<Guid, string>> CharacteristicsAsync(CancellationToken cancellation)
    {
        var answer = await session.Bus.CallAsync(BluezName.Service, "/", BusName.ObjectManager, "GetManagedObjects", cancellation);
        var found = new Dictionary<Guid, string>();
        foreach (var (path, interfaces) in ((Dictionary<string, object>)answer[0]).OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            if (path.StartsWith(_path + "/", StringComparison.Ordinal)
                && ((Dictionary<string, object>)interfaces).GetValueOrDefault(BluezName.Characteristic) is Dictionary<string, object> characteristic
                && Guid.TryParse(characteristic.GetValueOrDefault("UUID") as string, out var uuid))
            {
                // Of several with one UUID, the first service's.
                found.TryAdd(uuid, path);
            }
        }

        return found;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Bluetooth device {Address} does not pair ({Error}); going on without")]
    private static partial void LogUnpaired(ILogger logger, string address, string error);
}
