using System.Threading.Channels;
using IoTHealth.Simulators.Mqtt;

namespace IoTHealth.Simulators.WatchOverRobot;

/// <summary>
/// Sends a robot's messages until each has its PUBACK. At most <paramref name="inFlight"/> are under way. When the connection
/// dies, the next one first repeats what is not acknowledged, the same bytes in the same order.
/// </summary>
internal sealed class Delivery(
    Broker broker, DeviceCredential device, SentFile sent, RobotTally tally, Backoff backoff, int inFlight, ILogger<Delivery> log)
{
    private readonly string _topic = $"watchover/{device.Key}/readings";
    private readonly Lock _gate = new();
    private readonly List<OutgoingMessage> _unacknowledged = [];

    /// <summary>Returns when the queue has ended and all is acknowledged; throws when <paramref name="stop"/> comes first.</summary>
    public async Task RunAsync(ChannelReader<OutgoingMessage> queue, CancellationToken stop)
    {
        while (await IsLeftAsync(queue, stop))
        {
            using var connection = await ConnectAsync(stop);
            using var window = new SendWindow(connection, _topic, inFlight, Acknowledge, stop);
            await SendAsync(window, queue);
            if (await window.EndAsync() is { } cause)
            {
                log.ConnectionLost(device.Key, cause.Message, UnacknowledgedCount);
                await backoff.WaitAsync(stop);
            }
        }
    }

    private int UnacknowledgedCount
    {
        get
        {
            lock (_gate)
            {
                return _unacknowledged.Count;
            }
        }
    }

    private async Task<bool> IsLeftAsync(ChannelReader<OutgoingMessage> queue, CancellationToken stop) =>
        UnacknowledgedCount > 0 || await queue.WaitToReadAsync(stop);

    private async Task SendAsync(SendWindow window, ChannelReader<OutgoingMessage> queue)
    {
        try
        {
            foreach (var message in Unacknowledged())
            {
                tally.Repeated++;
                await window.PublishAsync(message);
            }

            while (await queue.WaitToReadAsync(window.Lost))
            {
                await window.WaitForRoomAsync();
                if (queue.TryRead(out var message))
                {
                    await SendFirstAsync(window, message);
                }
            }

            await window.WaitForAllAsync();
        }
        catch (OperationCanceledException) when (window.Lost.IsCancellationRequested)
        {
        }
    }

    private async Task SendFirstAsync(SendWindow window, OutgoingMessage message)
    {
        sent.Append(message.Lines);
        tally.Sent += message.Sequences.Count;
        lock (_gate)
        {
            _unacknowledged.Add(message);
        }

        await window.PublishAsync(message);
        if (message.CutLine)
        {
            tally.Cut++;
            await window.CutAsync();
        }
    }

    private OutgoingMessage[] Unacknowledged()
    {
        lock (_gate)
        {
            return [.. _unacknowledged];
        }
    }

    private void Acknowledge(OutgoingMessage message)
    {
        lock (_gate)
        {
            if (!_unacknowledged.Remove(message))
            {
                return;
            }
        }

        sent.Append(SentFile.EventLines("acked", message.Sequences));
        tally.Acknowledge(message.Sequences.Count);
    }

    private async Task<DeviceConnection> ConnectAsync(CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var connection = await DeviceConnection.OpenAsync(broker, device, stop);
                log.Connected(device.Key, broker.Host, broker.Port);
                backoff.Reset();
                return connection;
            }
            catch (Exception unreachable) when (!stop.IsCancellationRequested)
            {
                LogUnreachable(attempt, unreachable);
                await backoff.WaitAsync(stop);
            }
        }
    }

    // Attempts come twice a second for as long as the broker is away: the first and every twentieth are told.
    private void LogUnreachable(int attempt, Exception cause)
    {
        if (attempt % 20 == 1)
        {
            log.Unreachable(device.Key, attempt, cause.GetBaseException().Message);
        }
    }
}
