using System.Threading.Channels;
using IoTHealth.Simulators.Mqtt;

namespace IoTHealth.Simulators.WatchOverRobot;

/// <summary>One simulated watch-over robot: measures a resident's nights and delivers every record it sends.</summary>
internal sealed class Robot(DeviceCredential device, RobotSettings settings, TimeProvider clock, ILoggerFactory logs)
{
    // What a robot keeps in memory while the gateway is away, hours at a usual rate; past it, it stops measuring.
    private const int MostRecordsHeld = 20_000;
    private readonly ulong _seed = Noise.Seed(settings.Seed, device.Key);
    private readonly ILogger _log = logs.CreateLogger<Robot>();

    public string Key => device.Key;

    public RobotTally Tally { get; } = new();

    /// <summary>Measures until told to end or <paramref name="stop"/>, then drains.</summary>
    /// <returns>True when every record sent in this run was acknowledged.</returns>
    public async Task<bool> RunAsync(CancellationToken stop)
    {
        using var sent = SentFile.Open(settings.Out, device);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var drained = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        var queue = Channel.CreateBounded<OutgoingMessage>(Math.Max(1, MostRecordsHeld / settings.Batch));
        var delivery = DeliveryInto(sent).RunAsync(queue.Reader, drained.Token);
        var production = ProductionInto(sent).RunAsync(queue.Writer, settings.Count, ending.Token);
        if (await Task.WhenAny(production, delivery) == delivery)
        {
            await ending.CancelAsync();
        }

        await production;
        drained.CancelAfter(settings.Drain);
        return await IsDrainedAsync(delivery, drained.Token);
    }

    private async Task<bool> IsDrainedAsync(Task delivery, CancellationToken drained)
    {
        try
        {
            await delivery;
            return true;
        }
        catch (OperationCanceledException) when (drained.IsCancellationRequested)
        {
            _log.NotDrained(device.Key, Tally.Sent - Tally.Acknowledged);
            return false;
        }
    }

    private Delivery DeliveryInto(SentFile sent) => new(
        settings.Broker, device, sent, Tally, new Backoff(RandomFor("backoff"), clock), settings.InFlight, logs.CreateLogger<Delivery>());

    private Production ProductionInto(SentFile sent)
    {
        var step = TimeSpan.FromSeconds(settings.Speed / settings.Rate);
        var source = new RecordSource(new ResidentNight(_seed), step, sent.Begin, settings.Chaos.Skew);
        return new Production(device, source, new Schedule(settings.Rate, clock), sent, settings.Chaos, RandomFor("chaos"), settings.Batch);
    }

    private Random RandomFor(string use) => new((int)(Noise.Seed(_seed, use) & int.MaxValue));
}
