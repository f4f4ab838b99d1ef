using System.Threading.Channels;
using IoTHealth.Simulators.Bluetooth;
using IoTHealth.Simulators.Bluetooth.Gatt;

namespace IoTHealth.Simulators.GlucoseMeter;

/// <summary>
/// A glucose meter with the Glucose Service: it advertises, reports its memory as the Record Access Control Point asks, hangs up
/// after a while of silence, sleeps and advertises again. It never forgets a record.
/// </summary>
internal sealed class BleGlucoseMeter : GattDevice
{
    public const string Model = "Glucose-1";

    // 2A51: result too high or too low.
    private const byte Features = 0x20;
    private const double OddChance = 0.05;
    private const int LateRecords = 3;

    // Indications can overtake notifications, so the response waits for the records' way.
    private static readonly TimeSpan BeforeResponse = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Lingers = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan GoneFor = TimeSpan.FromSeconds(1);

    private readonly Channel<byte[]> _requests = Channel.CreateBounded<byte[]>(1);
    private readonly GattCharacteristic _measurement;
    private readonly GattCharacteristic _context;
    private readonly GattCharacteristic _controlPoint;
    private readonly BleMeterSettings _settings;
    private readonly IReadOnlyList<MemoryRecord> _memory;
    private readonly MeterAccount _account;
    private readonly TimeProvider _clock;
    private readonly Random _random;
    private readonly HashSet<int> _reported;
    private int _upload;
    private int _readOuts;
    private bool _busy;
    private volatile bool _aborted;

    public BleGlucoseMeter(
        DeviceIdentity identity, BleMeterSettings settings, IReadOnlyList<MemoryRecord> memory, MeterAccount account, TimeProvider clock)
        : base(identity, clock)
    {
        (_settings, _memory, _account, _clock) = (settings, memory, account, clock);
        (_upload, _reported) = (account.Uploads + 1, [.. account.EverAcknowledged]);
        _random = new Random((int)(settings.Seed & int.MaxValue));
        _measurement = new GattCharacteristic(AssignedNumber.GlucoseMeasurement, GattAccess.Notify, isProtected: true);
        _context = new GattCharacteristic(AssignedNumber.GlucoseContext, GattAccess.Notify, isProtected: true);
        _controlPoint = new GattCharacteristic(AssignedNumber.RecordAccessControlPoint, GattAccess.Write | GattAccess.Indicate, isProtected: true)
        {
            Write = Ask,
        };
        Services =
        [
            new GattService(AssignedNumber.GlucoseService,
            [
                _measurement, _context, GattCharacteristic.Constant(AssignedNumber.GlucoseFeature, isProtected: false, Features, 0), _controlPoint,
            ]),
            .. GattService.Common(Model, identity.Serial),
        ];
    }

    public override IReadOnlyList<GattService> Services { get; }

    public override string AdvertisedService => AssignedNumber.GlucoseService;

    public override async Task RunAsync(IRadio radio, CancellationToken stop)
    {
        while (true)
        {
            radio.Advertise(true);
            await UntilAsync(() => IsConnected, null, stop);
            radio.Advertise(false);
            var vanished = await ServeAsync(radio, stop);
            await HangUpAsync(radio, stop);
            Forget();
            await Task.Delay(vanished ? GoneFor : _settings.Rest, _clock, stop);
        }
    }

    // A write is answered at once; the procedure goes on after it.
    private void Ask(byte[] request)
    {
        if (!_controlPoint.IsSubscribed)
        {
            throw new AttRefusal(AttRefusal.NotConfigured);
        }

        if (!Interlocked.Exchange(ref _busy, true))
        {
            _requests.Writer.TryWrite(request);
            Changed();
        }
        else if (RecordAccess.IsAbort(request))
        {
            _aborted = true;
        }
        else
        {
            throw new AttRefusal(AttRefusal.ProcedureInProgress);
        }
    }

    private async Task<bool> ServeAsync(IRadio radio, CancellationToken stop)
    {
        var patience = Patience;
        while (await UntilAsync(() => _requests.Reader.TryPeek(out _) || !IsConnected, patience, stop) && IsConnected)
        {
            _requests.Reader.TryRead(out var request);
            if (await AnswerAsync(radio, request!, stop))
            {
                return true;
            }

            patience = Lingers;
        }

        return false;
    }

    /// <returns>Whether the meter vanishes in the middle of it.</returns>
    private async Task<bool> AnswerAsync(IRadio radio, byte[] request, CancellationToken stop)
    {
        var answer = RecordAccess.Of(request, [.. _memory.Select(record => record.Index)]);
        var vanishes = Does(BluetoothChaos.Vanish) && answer.Report.Count > 0 && _readOuts++ % 3 == 0;
        var late = Does(BluetoothChaos.Late) ? Math.Min(LateRecords, answer.Report.Count) : 0;
        var (inTime, after) = (answer.Report.SkipLast(late), answer.Report.TakeLast(late));
        if (vanishes)
        {
            await ReportAsync(radio, inTime.Take(answer.Report.Count / 2), stop);
            return true;
        }

        await ReportAsync(radio, inTime, stop);
        await Task.Delay(BeforeResponse, _clock, stop);
        var aborted = _aborted;

        // Whoever hears the response may ask again at once.
        Volatile.Write(ref _busy, false);
        var answered = radio.Send(_controlPoint, aborted ? RecordAccess.Aborted : answer.Answer);
        if (answered && !aborted && answer.Report.Count > 0)
        {
            await (late > 0 ? Task.Delay(Late, _clock, stop) : Task.CompletedTask);
            await ReportAsync(radio, after, stop);
            Complete(answer.Report);
        }

        _aborted = false;
        return false;
    }

    private async Task ReportAsync(IRadio radio, IEnumerable<int> sequences, CancellationToken stop)
    {
        foreach (var record in sequences.Select(sequence => _memory[sequence - 1]))
        {
            if (_aborted || !await ReportAsync(radio, record, stop))
            {
                return;
            }
        }
    }

    private async Task<bool> ReportAsync(IRadio radio, MemoryRecord record, CancellationToken stop)
    {
        var value = GlucoseValue.Encode(record);
        if (Happens(BluetoothChaos.Garbage))
        {
            radio.Send(_measurement, value[..(1 + _random.Next(value.Length - 1))]);
        }

        for (var times = Happens(BluetoothChaos.Repeat) ? 2 : 1; times > 0; times--)
        {
            if (!radio.Send(_measurement, value))
            {
                return false;
            }
        }

        if (GlucoseValue.EncodeContext(record) is { } context)
        {
            radio.Send(_context, context);
        }

        _account.Acknowledged(record.Index, _upload);
        _reported.Add(record.Index);
        await Task.Delay(_settings.Pace, _clock, stop);
        return true;
    }

    // An upload is complete when the newest record went out and no older one is missing from this or earlier reports.
    private void Complete(IReadOnlyList<int> report)
    {
        if (report[^1] == _memory[^1].Index && _reported.Count == _memory.Count)
        {
            _account.Uploaded(_upload++);
        }
    }

    private void Forget()
    {
        while (_requests.Reader.TryRead(out _))
        {
        }

        _aborted = false;
        Volatile.Write(ref _busy, false);
    }

    private bool Does(BluetoothChaos which) => _settings.Chaos.HasFlag(which);

    private bool Happens(BluetoothChaos which) => Does(which) && _random.NextDouble() < OddChance;
}
