using IoTHealth.Simulators.Serial;
using IoTHealth.Simulators.WatchOverRobot;

namespace IoTHealth.Simulators.GlucoseMeter;

/// <summary>One simulated meter: uploads its whole memory each time, beginning anew whenever it is not heard to the end.</summary>
internal sealed class Meter
{
    // ASTM E1381: how long a sender leaves a receiver alone that said NAK to its ENQ.
    private static readonly TimeSpan Busy = TimeSpan.FromSeconds(10);

    // A host that has just opened a port still sets its speed, and drops what comes meanwhile.
    private static readonly TimeSpan WakingUp = TimeSpan.FromMilliseconds(100);

    private readonly MeterSettings _settings;
    private readonly IReadOnlyList<MemoryRecord> _memory;
    private readonly DevicePort _port;
    private readonly MeterAccount _account;
    private readonly FrameDelivery _delivery;
    private readonly string _password;
    private readonly TimeProvider _clock;
    private readonly long _begun;
    private readonly ILogger _log;

    public Meter(MeterSettings settings, IReadOnlyList<MemoryRecord> memory, DevicePort port, MeterAccount account, TimeProvider clock, ILogger log)
    {
        (_settings, _memory, _port, _account, _clock, _log) = (settings, memory, port, account, clock, log);
        var random = new Random((int)(Noise.Seed(settings.Seed, "meter") & int.MaxValue));
        _password = random.GetString("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 6);
        _delivery = new FrameDelivery(port, settings, Tally, random, clock);
        _begun = clock.GetTimestamp();
    }

    public MeterTally Tally { get; } = new();

    /// <summary>Uploads as often as it shall, resting after each.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (Tally.Uploads < _settings.Uploads)
        {
            var upload = _account.Uploads + Tally.Uploads + 1;
            if (await TryUploadAsync(upload, stop))
            {
                Tally.Uploads++;
                _account.Uploaded(upload);
                _log.Uploaded(_settings.Serial, upload);
            }

            await Task.Delay(_settings.Rest, _clock, stop);
        }
    }

    private async Task<bool> TryUploadAsync(int upload, CancellationToken stop)
    {
        var frames = AstmFrame.EncodeAll(Records());
        await AttachAsync(stop);
        for (var n = 0; n < frames.Length; n++)
        {
            var opening = n == 0 && _settings.Attach == Attach.Header;
            var outcome = await _delivery.DeliverAsync(frames[n], opening ? _settings.Rest : _settings.Answer, opening, stop);
            if (outcome != Outcome.Acknowledged)
            {
                await BreakOffAsync(outcome, upload, n + 1, stop);
                return false;
            }

            Account(n, upload);
        }

        await _delivery.SendAsync(AstmFrame.Eot, stop);
        return true;
    }

    private List<string> Records()
    {
        var clock = _settings.Now + _clock.GetElapsedTime(_begun);
        return
        [
            AstmRecord.Header(_settings.Product, _settings.Serial, _password, _settings.Unit, _memory.Count, clock),
            AstmRecord.Patient,
            .. _memory.Select(AstmRecord.Result),
            AstmRecord.End,
        ];
    }

    // The first two frames are header and patient, the last is the end.
    private void Account(int frame, int upload)
    {
        if (frame - 2 is var n && n >= 0 && n < _memory.Count)
        {
            _account.Acknowledged(_memory[n].Index, upload);
        }
    }

    private async Task AttachAsync(CancellationToken stop)
    {
        await _port.OpenedAsync(stop);
        _log.Opened(_settings.Serial);
        await Task.Delay(WakingUp, _clock, stop);
        _port.Forget();
        if (_settings.Attach == Attach.Header)
        {
            await _delivery.SendAsync(AstmFrame.Eot, stop);
            return;
        }

        await EnquireAsync(stop);
    }

    private async Task EnquireAsync(CancellationToken stop)
    {
        for (byte? answer = null; answer != AstmFrame.Ack;)
        {
            await _delivery.SendAsync(AstmFrame.Enq, stop);
            answer = await _delivery.AnswerAsync(_settings.Answer, stop);
            if (answer == AstmFrame.Nak)
            {
                await Task.Delay(_settings.Answer < Busy ? _settings.Answer : Busy, _clock, stop);
            }
            else if (answer is null)
            {
                await _delivery.SendAsync(AstmFrame.Eot, stop);
            }
        }
    }

    private async Task BreakOffAsync(Outcome outcome, int upload, int place, CancellationToken stop)
    {
        if (outcome == Outcome.Unplugged)
        {
            _log.Unplugged(_settings.Serial, place, upload);
            return;
        }

        Tally.GivenUp++;
        _log.GaveUp(_settings.Serial, upload, place);
        await _delivery.SendAsync(AstmFrame.Eot, stop);
    }
}
