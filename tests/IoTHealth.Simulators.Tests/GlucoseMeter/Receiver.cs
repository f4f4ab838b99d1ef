using System.Globalization;
using System.Text;
using IoTHealth.Simulators.Serial;

namespace IoTHealth.Simulators.Tests.GlucoseMeter;

/// <summary>A host at the other end of a meter's line, as the protocol asks for, unless it is told to misbehave.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<string> _text = [];
    private readonly List<string[]> _uploads = [];
    private readonly List<string> _heard = [];
    private readonly Task _run;
    private List<byte>? _frame;
    private bool _inMessage;
    private bool _complete;
    private int _last = -1;

    /// <param name="answer">What to answer instead of the proper answer (0 = nothing), given all that was heard so far.</param>
    public Receiver(string path, Func<byte, IReadOnlyList<string>, byte>? answer = null) => _run = Task.Factory.StartNew(
        () => Listen(path, answer ?? ((proper, _) => proper)), TaskCreationOptions.LongRunning);

    /// <summary>Everything heard: <c>ENQ</c>, <c>EOT</c>, and frames as their number and text, bad ones as <c>?</c>.</summary>
    public string[] Heard
    {
        get
        {
            lock (_gate)
            {
                return [.. _heard];
            }
        }
    }

    /// <summary>The records of each upload that came to its end, repeats dropped.</summary>
    public async Task<string[][]> UploadsAsync(int count)
    {
        for (var begun = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(begun) < Patience; await Task.Delay(10))
        {
            lock (_gate)
            {
                if (_uploads.Count >= count)
                {
                    return [.. _uploads];
                }
            }
        }

        throw new TimeoutException($"{_uploads.Count} of {count} uploads; last heard: {string.Join(' ', Heard.TakeLast(5))}");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _stop.Dispose();
    }

    private void Listen(string path, Func<byte, IReadOnlyList<string>, byte> answer)
    {
        var buffer = new byte[4096];
        while (!_stop.IsCancellationRequested)
        {
            var line = Libc.Open(path, Libc.ReadWrite | Libc.NoControllingTty | Libc.CloseOnExec | Libc.NonBlocking);
            var poll = new Libc.PollDescriptor { Descriptor = line, Events = Libc.PollIn };
            while (line >= 0 && !_stop.IsCancellationRequested && (poll.Revents & Libc.PollHangUp) == 0)
            {
                poll.Revents = 0;
                _ = Libc.Poll(ref poll, 1, 20);
                foreach (var value in buffer.AsSpan(0, (poll.Revents & Libc.PollIn) != 0 ? Libc.Read(line, buffer) : 0))
                {
                    Answer(line, value, answer);
                }
            }

            _ = line >= 0 ? Libc.Close(line) : 0;
            Begin();
            _stop.Token.WaitHandle.WaitOne(20);
        }
    }

    private void Answer(int line, byte value, Func<byte, IReadOnlyList<string>, byte> answer)
    {
        lock (_gate)
        {
            if (Take(value) is { } proper && answer(proper, _heard) is not 0 and var said)
            {
                Libc.Write(line, [said]);
            }
        }
    }

    private byte? Take(byte value)
    {
        switch (value)
        {
            case 0x02:
                _frame = [];
                return null;
            case 0x05 when _frame is null:
                _heard.Add("ENQ");
                _inMessage = true;
                return 0x06;
            case 0x04 when _frame is null:
                _heard.Add("EOT");
                End();
                return null;
            case (byte)'\n' when _frame is not null:
                return TakeFrame();
            default:
                _frame?.Add(value);
                return null;
        }
    }

    // number text ETB|ETX checksum CR
    private byte? TakeFrame()
    {
        var frame = _frame!.ToArray();
        _frame = null;
        var good = frame.Length >= 5 && frame[0] is >= (byte)'0' and <= (byte)'7' && frame[^4] is 0x17 or 0x03
            && (frame[..^3].Sum(b => b) % 256).ToString("X2", CultureInfo.InvariantCulture) == Encoding.ASCII.GetString(frame[^3..^1]);
        _heard.Add(good ? Encoding.Latin1.GetString(frame[..^4]) : "?");
        if (!good)
        {
            return 0x15;
        }

        // Who comes into the middle of a message lets it run out.
        _inMessage |= frame.AsSpan(1).StartsWith("H|"u8);
        if (!_inMessage)
        {
            return null;
        }

        if (frame[0] != _last)
        {
            _text.Add(Encoding.Latin1.GetString(frame[1..^4]).TrimEnd('\r'));
            (_last, _complete) = (frame[0], frame[^4] == 0x03);
        }

        return 0x06;
    }

    private void End()
    {
        if (_complete)
        {
            _uploads.Add([.. _text]);
        }

        Begin();
    }

    private void Begin()
    {
        _text.Clear();
        (_frame, _inMessage, _complete, _last) = (null, false, false, -1);
    }
}
