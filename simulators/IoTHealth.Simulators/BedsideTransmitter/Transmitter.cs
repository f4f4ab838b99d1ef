using System.Globalization;
using IoTHealth.Simulators.Mqtt;
using IoTHealth.Simulators.WatchOverRobot;

namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary>One implant and its transmitter: measures and reports, one report after the other.</summary>
internal sealed class Transmitter
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly Implant _implant;
    private readonly TransmitterSettings _settings;
    private readonly TransmitterAccount _account;
    private readonly IReportLink _link;
    private readonly ImplantCourse _course;
    private readonly Random _random;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly bool _withoutOffsets;
    private IReadOnlyList<ImplantAct> _before = [];

    /// <param name="linkOf">Makes the way to the gateway, with the implant's own dice and tally.</param>
    public Transmitter(
        Implant implant, TransmitterSettings settings, TransmitterAccount account, Func<TransmitterTally, Random, IReportLink> linkOf, TimeProvider clock, ILogger log)
    {
        (_implant, _settings, _account, _clock, _log) = (implant, settings, account, clock, log);
        var seed = Noise.Seed(settings.Seed, implant.Serial);
        _course = new ImplantCourse(seed, implant.Kind);
        _random = new Random((int)(Noise.Seed(seed, "chaos") & int.MaxValue));
        _withoutOffsets = _random.Happens(settings.Chaos.NoOffsets);
        _link = linkOf(Tally, _random);
    }

    public string Serial => _implant.Serial;

    public TransmitterTally Tally { get; } = new();

    /// <summary>Reports until <paramref name="stop"/> or the settings' count, then goes on for the acknowledgement of the last one.</summary>
    /// <returns>True when everything measured in this run was acknowledged.</returns>
    public async Task<bool> RunAsync(CancellationToken stop)
    {
        using var drained = new CancellationTokenSource();
        await using var stopping = stop.Register(() => drained.CancelAfter(_settings.Drain));
        var delivery = new ReportDelivery(_link, _account, Tally, _settings.Chaos, _random, new Backoff(_random, _clock), _log);
        try
        {
            await ReportAsync(delivery, stop, drained.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // What was acknowledged until now is in the tally.
        }

        await _link.DisposeAsync();
        if (Tally.Measured > Tally.Acknowledged)
        {
            _log.NotDrained(Serial, Tally.Measured - Tally.Acknowledged);
        }

        return Tally.Measured == Tally.Acknowledged;
    }

    private async Task ReportAsync(ReportDelivery delivery, CancellationToken stop, CancellationToken drained)
    {
        while (Tally.Reports != _settings.Count && !stop.IsCancellationRequested)
        {
            var begun = _clock.GetTimestamp();
            await delivery.DeliverAsync(Measure(), drained);
            if (Tally.Reports != _settings.Count && _settings.Every - _clock.GetElapsedTime(begun) is { Ticks: > 0 } rest)
            {
                await Task.Delay(rest, _clock, stop);
            }
        }
    }

    private Report Measure()
    {
        var (number, now) = (_account.Reports + 1, Now());
        var days = _settings.Every.TotalDays * _settings.Speed;
        var day = _course.FirstDay + (number * days);
        var last = _account.Reports > 0 ? _account.LastTime : now - (_settings.Every > Second ? _settings.Every : Second);
        var battery = _random.Happens(_settings.Chaos.BatteryTime) ? last.AddSeconds(Math.Ceiling((now - last).TotalSeconds / 2)) : now;
        var acts = ReportContent.Of(_implant, _course, day - days, day, last, now, number > _settings.Chaos.FractureAfter, battery);
        var indices = _account.Measured(acts);
        Tally.Reports++;
        Tally.Measured += indices.Count;
        var control = string.Create(CultureInfo.InvariantCulture, $"{_implant.Serial}-{number}");
        _log.Reported(Serial, control, indices.Count);
        var told = Told(acts, number);
        _before = acts;
        return new Report(control, indices, IdcoMessage.Encode(
            _implant, control, now, told, Pdf(now, acts), _random.Happens(_settings.Chaos.LineFeeds), _random.Happens(_settings.Chaos.SetIds), _withoutOffsets));
    }

    // The same acts under other numbers are the same acts; those without a time of their own have the report's.
    private IReadOnlyList<ImplantAct> Told(IReadOnlyList<ImplantAct> acts, int number)
    {
        const int apart = 50;
        return _random.Happens(_settings.Chaos.Again)
            ? [.. acts.Select(act => act.Numbered(1 + (number % apart))), .. _before.Where(act => act.IsTimed).Select(act => act.Numbered(apart + (number % apart)))]
            : acts;
    }

    // Whole seconds, and each report later than the one before: were they closer, the clock would run ahead.
    private DateTimeOffset Now()
    {
        var now = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeSeconds(_clock.GetUtcNow().ToUnixTimeSeconds()), _settings.Zone);
        return now > _account.LastTime ? now : TimeZoneInfo.ConvertTime(_account.LastTime + Second, _settings.Zone);
    }

    private byte[] Pdf(DateTimeOffset now, IReadOnlyList<ImplantAct> acts) => ReportPdf.Write(
    [
        "Remote follow-up report",
        $"Model {_implant.Model}, serial number {_implant.Serial}",
        now.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture),
        "",
        .. acts.SelectMany(act => act.Values).Take(44).Select(one => $"{one.Sign}: {one.Value}"),
    ]);
}
