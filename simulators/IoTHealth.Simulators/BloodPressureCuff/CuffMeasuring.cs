using IoTHealth.Simulators.Bluetooth;
using IoTHealth.Simulators.WatchOverRobot;

namespace IoTHealth.Simulators.BloodPressureCuff;

/// <summary>The resident and the cuff on the arm: sessions of two measurements.</summary>
internal sealed class CuffMeasuring
{
    private const int Movement = 0x01;
    private const int TooLoose = 0x02;
    private const int IrregularPulse = 0x04;
    private const int PulseAbove = 0x08;
    private const int PulseBelow = 0x10;
    private const int ImproperPosition = 0x20;

    // A cuff stamps whole seconds, and is not ready again sooner.
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly CuffSettings _settings;
    private readonly DeviceClock _shown;
    private readonly TimeProvider _clock;
    private readonly Circulation _body;
    private readonly MeasuringRoutine _routine;
    private readonly DateTime _begun;
    private readonly long _begunAt;
    private readonly HashSet<DateTime> _stamps = [];
    private int _index;

    /// <param name="last">The last measurement of earlier runs.</param>
    public CuffMeasuring(CuffSettings settings, DeviceClock shown, int last, TimeProvider clock)
    {
        (_settings, _shown, _clock, _index) = (settings, shown, clock, last);
        (_body, _routine) = (new Circulation(settings.Seed), new MeasuringRoutine(Noise.Seed(settings.Seed, "routine")));
        (_begun, _begunAt) = (shown.Now - shown.Error, clock.GetTimestamp());
    }

    // The resident's time of day, which --speed lets pass quicker.
    private DateTime Simulated => _begun + (_clock.GetElapsedTime(_begunAt) * _settings.Speed);

    /// <summary>Measures until stopped.</summary>
    public async Task RunAsync(Action<CuffReading> measured, CancellationToken stop)
    {
        for (var session = 0; ; session++)
        {
            await Task.Delay(UntilSession(session), _clock, stop);
            measured(Measure(isFirst: true));
            var second = MeasuringRoutine.BetweenTheTwo / _settings.Speed;
            await Task.Delay(second > Second ? second : Second, _clock, stop);
            measured(Measure(isFirst: false));
        }
    }

    /// <summary>One measurement, now.</summary>
    public CuffReading Measure(bool isFirst)
    {
        var index = ++_index;
        var found = _body.Measure(Simulated, index, isFirst);
        var mean = _settings.Chaos.HasFlag(BluetoothChaos.AbsentMean) ? (decimal?)null : _settings.Unit.Show(found.Mean);
        return new CuffReading(
            index,
            Stamp(),
            _settings.Unit,
            _settings.Unit.Show(found.Systolic),
            _settings.Unit.Show(found.Diastolic),
            mean,
            Math.Round((decimal)found.Pulse),
            _settings.User,
            Status(found.Pulse, index));
    }

    private TimeSpan UntilSession(int session)
    {
        if (_settings.Every is { } every)
        {
            return session == 0 ? TimeSpan.Zero : every;
        }

        var simulated = Simulated;
        return (_routine.Next(simulated) - simulated) / _settings.Speed;
    }

    // No two measurements show the same time, also when the clock is set back between them.
    private DateTime Stamp()
    {
        var now = _shown.Now;
        var stamp = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerSecond));
        while (!_stamps.Add(stamp))
        {
            stamp += Second;
        }

        return stamp;
    }

    private int Status(double pulse, int index)
    {
        var oddities = Noise.Seed(_settings.Seed, "oddities");
        return Bit(oddities, 4 * index, 0.04, Movement) | Bit(oddities, (4 * index) + 1, 0.02, TooLoose)
            | Bit(oddities, (4 * index) + 2, 0.03, IrregularPulse) | Bit(oddities, (4 * index) + 3, 0.02, ImproperPosition)
            | (pulse > 110 ? PulseAbove : 0) | (pulse < 50 ? PulseBelow : 0);
    }

    private static int Bit(ulong seed, int place, double chance, int bit) => Noise.At(seed, place) < chance ? bit : 0;
}
