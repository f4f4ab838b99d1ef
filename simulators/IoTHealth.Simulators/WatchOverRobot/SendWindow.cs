using IoTHealth.Simulators.Mqtt;

namespace IoTHealth.Simulators.WatchOverRobot;

/// <summary>The publishes under way on one connection; the first that fails ends them all.</summary>
internal sealed class SendWindow : IDisposable
{
    private readonly DeviceConnection _connection;
    private readonly string _topic;
    private readonly int _size;
    private readonly Action<OutgoingMessage> _acknowledged;
    private readonly SemaphoreSlim _room;
    private readonly CancellationTokenSource _lost;
    private Exception? _cause;

    public SendWindow(DeviceConnection connection, string topic, int size, Action<OutgoingMessage> acknowledged, CancellationToken stop)
    {
        (_connection, _topic, _size, _acknowledged) = (connection, topic, size, acknowledged);
        _room = new SemaphoreSlim(size, size);
        _lost = CancellationTokenSource.CreateLinkedTokenSource(stop);
    }

    /// <summary>Cancelled when the connection is lost or the robot must stop.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Returns when one more may be sent.</summary>
    public async Task WaitForRoomAsync()
    {
        await _room.WaitAsync(Lost);
        _room.Release();
    }

    /// <summary>Hands a message to the connection, waiting for room first; its PUBACK comes later.</summary>
    public async Task PublishAsync(OutgoingMessage message)
    {
        await _room.WaitAsync(Lost);
        _ = FinishAsync(message, _connection.PublishAsync(_topic, message.Payload, Lost));
    }

    /// <summary>Returns when every publish has its PUBACK.</summary>
    public async Task WaitForAllAsync()
    {
        for (var taken = 0; taken < _size; taken++)
        {
            await _room.WaitAsync(Lost);
        }

        _room.Release(_size);
    }

    /// <summary>Cuts the line without goodbye, whatever is under way.</summary>
    public async Task CutAsync()
    {
        Interlocked.CompareExchange(ref _cause, new IOException("cut by chaos"), null);
        _connection.Dispose();
        await _lost.CancelAsync();
    }

    /// <summary>Waits until nothing is under way any more.</summary>
    /// <returns>What killed the connection, or null when nothing did.</returns>
    public async Task<Exception?> EndAsync()
    {
        if (_cause is null && !Lost.IsCancellationRequested)
        {
            await _connection.CloseAsync();
        }

        await _lost.CancelAsync();
        for (var taken = 0; taken < _size; taken++)
        {
            await _room.WaitAsync(CancellationToken.None);
        }

        return _cause;
    }

    /// <summary>Only after <see cref="EndAsync"/>: until then publishes give their room back.</summary>
    public void Dispose()
    {
        _room.Dispose();
        _lost.Dispose();
    }

    private async Task FinishAsync(OutgoingMessage message, Task publish)
    {
        try
        {
            await publish;
            _acknowledged(message);
        }
        catch (Exception failed)
        {
            Interlocked.CompareExchange(ref _cause, failed, null);
            await _lost.CancelAsync();
        }
        finally
        {
            _room.Release();
        }
    }
}
