using System.Collections.Concurrent;
using IoTHealth.Simulators.Bluetooth;
using IoTHealth.Simulators.Bluetooth.Gatt;

namespace IoTHealth.Simulators.BloodPressureCuff;

/// <summary>
/// A blood pressure cuff with the Blood Pressure Service. After a measurement it wakes and advertises; it indicates what it holds
/// to whoever connects and subscribes, forgets what went out, hangs up and sleeps. It cannot tell whether the central kept anything.
/// </summary>
internal sealed class Cuff : GattDevice
{
    public const string Model = "Cuff-1";

    // 2A49: body movement, cuff fit, irregular pulse, pulse range, position.
    private const byte Features = 0x1F;
    private const double OddChance = 0.3;

    // An indication and its confirmation take about a connection interval each.
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Lingers = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan GoneFor = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<CuffReading> _held = new();
    private readonly GattCharacteristic _measurement;
    private readonly CuffSettings _settings;
    private readonly CuffMeasuring _measuring;
    private readonly CuffAccount _account;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private int _connections;

    public Cuff(DeviceIdentity identity, CuffSettings settings, DeviceClock shown, CuffAccount account, TimeProvider clock)
        : base(identity, clock)
    {
        (_settings, _account, _clock) = (settings, account, clock);
        _measuring = new CuffMeasuring(settings, shown, account.Last, clock);
        _random = new Random((int)(settings.Seed & int.MaxValue));
        _measurement = new GattCharacteristic(AssignedNumber.BloodPressureMeasurement, GattAccess.Indicate, isProtected: true);
        Services =
        [
            new GattService(AssignedNumber.BloodPressureService,
            [
                _measurement, GattCharacteristic.Constant(AssignedNumber.BloodPressureFeature, isProtected: false, Features, 0),
            ]),
            new GattService(AssignedNumber.CurrentTimeService,
            [
                new GattCharacteristic(AssignedNumber.CurrentTime, GattAccess.Read | GattAccess.Write, isProtected: true)
                {
                    Read = () => CurrentTime.Encode(shown.Now),
                    Write = value => shown.Set(CurrentTime.Decode(value)),
                },
            ]),
            .. GattService.Common(Model, identity.Serial),
        ];
    }

    public override IReadOnlyList<GattService> Services { get; }

    public override string AdvertisedService => AssignedNumber.BloodPressureService;

    public override Task RunAsync(IRadio radio, CancellationToken stop) =>
        Together.RunAsync(stop, each => _measuring.RunAsync(Hold, each), each => DeliverAsync(radio, each));

    private void Hold(CuffReading reading)
    {
        _account.Measured(reading);
        _held.Enqueue(reading);
        Changed();
    }

    private async Task DeliverAsync(IRadio radio, CancellationToken stop)
    {
        while (true)
        {
            await UntilAsync(() => !_held.IsEmpty, null, stop);
            radio.Advertise(true);
            await UntilAsync(() => IsConnected, null, stop);
            radio.Advertise(false);
            var vanishes = _settings.Chaos.HasFlag(BluetoothChaos.Vanish) && _connections++ % 3 == 0;
            await ServeAsync(radio, vanishes, stop);
            await HangUpAsync(radio, stop);
            await (vanishes ? Task.Delay(GoneFor, _clock, stop) : Task.CompletedTask);
        }
    }

    private async Task ServeAsync(IRadio radio, bool vanishes, CancellationToken stop)
    {
        if (!await UntilAsync(() => _measurement.IsSubscribed || !IsConnected, Patience, stop))
        {
            return;
        }

        // What is measured while it is connected goes the same way.
        for (var told = 0; await UntilAsync(() => !_held.IsEmpty || !IsConnected, Lingers, stop) && IsConnected; told++)
        {
            if (vanishes && (told > 0 || _held.Count < 2))
            {
                return;
            }

            await IndicateAsync(radio, stop);
        }
    }

    private async Task IndicateAsync(IRadio radio, CancellationToken stop)
    {
        if (!_held.TryPeek(out var reading))
        {
            return;
        }

        var value = BloodPressureValue.Encode(reading);
        if (Happens(BluetoothChaos.Garbage))
        {
            radio.Send(_measurement, value[..(1 + _random.Next(value.Length - 1))]);
            await Task.Delay(Gap, _clock, stop);
        }

        if (Sent(radio, reading, value))
        {
            _held.TryDequeue(out _);
            await Task.Delay(Gap, _clock, stop);
            if (Happens(BluetoothChaos.Repeat))
            {
                Sent(radio, reading, value);
                await Task.Delay(Gap, _clock, stop);
            }
        }
    }

    private bool Sent(IRadio radio, CuffReading reading, byte[] value)
    {
        var sent = radio.Send(_measurement, value);
        if (sent)
        {
            _account.Sent(reading.Index);
        }

        return sent;
    }

    private bool Happens(BluetoothChaos which) => _settings.Chaos.HasFlag(which) && _random.NextDouble() < OddChance;
}
