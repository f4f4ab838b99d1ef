using System.Threading.Channels;
using IoTHealth.Links.DBus;

namespace IoTHealth.Links.Bluetooth;

/// <summary>A peripheral that BlueZ is connected with; disposing disconnects it.</summary>
public sealed class BluezPeripheral : IGattPeripheral, IAsyncDisposable
{
    private const int NotifyAttempts = 50;

    private static readonly TimeSpan NotifyRetry = TimeSpan.FromMilliseconds(200);

    // BlueZ gives a request up 30 s after the peripheral has fallen silent: Core Specification, volume 3, part F, section 3.3.3.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(40);

    private readonly BluezLink _link;
    private readonly IReadOnlyDictionary<Guid, string> _characteristics;
    private readonly ValueInbox _inbox;
    private readonly IDisposable _hold;
    private readonly CancellationToken _stopping;
    private readonly CancellationTokenSource _gone = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _ending = new();

    private IOException? _end;
    private int _calls;
    private long _stirred;

    /// <param name="link">Which device it is.</param>
    /// <param name="characteristics">Path of each characteristic.</param>
    /// <param name="inbox">Collects its values since before it was connected.</param>
    /// <param name="hold">What is freed when the connection has ended.</param>
    /// <param name="stopping">Once it is cancelled, nothing waits long for a disconnection.</param>
    internal BluezPeripheral(
        BluezLink link, IReadOnlyDictionary<Guid, string> characteristics, ValueInbox inbox, IDisposable hold, CancellationToken stopping)
    {
        (_link, _characteristics, _inbox, _hold, _stopping) = (link, characteristics, inbox, hold, stopping);
        Stir();
    }

    public string Address => _link.Address;

    internal string Path => _link.Path;

    /// <summary>How long ago its last value came or its last call ended; none while a call is under way.</summary>
    internal TimeSpan Quiet =>
        Volatile.Read(ref _calls) > 0 ? TimeSpan.Zero : _link.Time.GetElapsedTime(Interlocked.Read(ref _stirred));

    public bool Has(Guid characteristic) => _characteristics.ContainsKey(characteristic);

    public async Task<byte[]> ReadAsync(Guid characteristic, CancellationToken cancellation)
    {
        var path = PathOf(characteristic);
        _inbox.Reads(_link.Below(path));
        var answer = await CallAsync(path, characteristic, "ReadValue", "a{sv}", [new Dictionary<string, object>()], cancellation);
        return answer is [byte[] value] ? value : throw new IOException($"{Address}: BlueZ answered a read of {characteristic} with no bytes");
    }

    public Task WriteAsync(Guid characteristic, ReadOnlyMemory<byte> value, CancellationToken cancellation) =>
        CallAsync(
            PathOf(characteristic),
            characteristic,
            "WriteValue",
            "aya{sv}",
            [value.ToArray(), new Dictionary<string, object> { ["type"] = "request" }],
            cancellation);

    public async Task<ChannelReader<GattValue>> SubscribeAsync(IReadOnlyCollection<Guid> characteristics, CancellationToken cancellation)
    {
        var paths = characteristics.Distinct().ToDictionary(PathOf, characteristic => characteristic);
        var below = paths.ToDictionary(one => _link.Below(one.Key), one => one.Value);
        var values = _inbox.Subscribe(below);
        try
        {
            foreach (var (path, characteristic) in paths)
            {
                await NotifyAsync(path, characteristic, cancellation);
            }
        }
        catch (IOException) when (_end is not null && values.Count > 0)
        {
            // It went, but not before it had told something.
        }
        catch
        {
            _inbox.Unsubscribe(values, below);
            throw;
        }

        return values;
    }

    public async ValueTask DisposeAsync() => await CloseAsync("the connection was closed");

    /// <summary>Ends the connection; returns when it has ended, whoever ends it.</summary>
    internal async Task CloseAsync(string reason)
    {
        if (End(new IOException($"{Address}: {reason}")))
        {
            // Its slot is free only when the connection has ended.
            await _link.DisconnectAsync(_stopping);
            Free();
        }

        await _closed.Task;
    }

    /// <summary>The peripheral went away by itself: all that waits for it ends.</summary>
    internal void Lose(string reason)
    {
        if (End(new IOException($"{Address}: {reason}")))
        {
            Free();
        }
    }

    /// <summary>Something came from it, or was asked of it.</summary>
    internal void Stir() => Interlocked.Exchange(ref _stirred, _link.Time.GetTimestamp());

    private void Free()
    {
        _hold.Dispose();
        _closed.TrySetResult();
    }

    private bool End(IOException reason)
    {
        lock (_ending)
        {
            if (_end is not null)
            {
                return false;
            }

            _end = reason;
        }

        // Calls first: who sees the values end can call no more.
        _gone.Cancel();
        _inbox.End(reason);
        return true;
    }

    private string PathOf(Guid characteristic) =>
        _characteristics.GetValueOrDefault(characteristic) ?? throw new IOException($"{Address} has no characteristic {characteristic}");

    // 'Already notifying': BlueZ has turned it on again by itself when the known device came back. 'In progress': it is about to.
    private async Task NotifyAsync(string path, Guid characteristic, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await CallAsync(path, characteristic, "StartNotify", "", [], cancellation);
                return;
            }
            catch (IOException e) when (e.InnerException is BusException { Name: BluezError.Failed, Message: "Already notifying" })
            {
                return;
            }
            catch (IOException e) when (e.InnerException is BusException { Name: BluezError.InProgress } && attempt < NotifyAttempts)
            {
                await Task.Delay(NotifyRetry, _link.Time, cancellation);
            }
        }
    }

    private async Task<object[]> CallAsync(
        string path, Guid characteristic, string member, string signature, object[] body, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(AnswerTimeout, _link.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _gone.Token, late.Token);
        Interlocked.Increment(ref _calls);
        try
        {
            return await _link.Bus.CallAsync(BluezName.Service, path, BluezName.Characteristic, member, signature, body, either.Token);
        }
        catch (OperationCanceledException) when (_end is not null)
        {
            throw new IOException(_end.Message);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"{Address}: {member} of {characteristic} took longer than {AnswerTimeout.TotalSeconds} s", e);
        }
        catch (BusException e)
        {
            throw BluezError.Of($"{Address}: {member} of {characteristic}", e);
        }
        finally
        {
            Stir();
            Interlocked.Decrement(ref _calls);
        }
    }
}
