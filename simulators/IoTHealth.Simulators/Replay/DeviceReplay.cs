using IoTHealth.Simulators.Lines;
using IoTHealth.Simulators.Mqtt;

namespace IoTHealth.Simulators.Replay;

/// <summary>
/// Publishes one device's frames in their order, one at a time. A gateway refuses a frame by closing the connection without
/// PUBACK, which looks like a lost connection: so a frame is refused only when that happens several times over.
/// </summary>
internal sealed class DeviceReplay(Broker broker, DeviceCredential device, double speed, LineFile results, TimeProvider clock, ILogger<DeviceReplay> log)
{
    private const int Attempts = 3;
    private readonly Backoff _backoff = new(new Random(0), clock);
    private DeviceConnection? _connection;

    public string Key => device.Key;

    public int Acknowledged { get; private set; }

    public int Refused { get; private set; }

    public async Task RunAsync(IEnumerable<RecordedFrame> frames, CancellationToken stop)
    {
        var begun = clock.GetTimestamp();
        foreach (var frame in frames)
        {
            var wait = (frame.At / speed) - clock.GetElapsedTime(begun);
            await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, clock, stop);
            Note(frame, await TryAsync(frame, stop));
        }

        await (_connection?.CloseAsync() ?? Task.CompletedTask);
        _connection?.Dispose();
    }

    private async Task<bool> TryAsync(RecordedFrame frame, CancellationToken stop)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            try
            {
                _connection ??= await DeviceConnection.OpenAsync(broker, device, stop);
                await _connection.PublishAsync(frame.Topic, frame.Payload, stop);
                _backoff.Reset();
                return true;
            }
            catch (Exception failed) when (!stop.IsCancellationRequested)
            {
                log.NotTaken(device.Key, frame.Line, attempt, failed.GetBaseException().Message);
                _connection?.Dispose();
                _connection = null;
                await _backoff.WaitAsync(stop);
            }
        }

        return false;
    }

    private void Note(RecordedFrame frame, bool taken)
    {
        (Acknowledged, Refused) = taken ? (Acknowledged + 1, Refused) : (Acknowledged, Refused + 1);
        results.Append([
            .. Json.Write(writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("event", taken ? "acked" : "refused");
                writer.WriteNumber("line", frame.Line);
                writer.WriteEndObject();
            }),
            (byte)'\n',
        ]);
    }
}

internal static partial class ReplayLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "{Device}, line {Line}, attempt {Attempt}: not acknowledged ({Reason})")]
    public static partial void NotTaken(this ILogger log, string device, long line, int attempt, string reason);
}
