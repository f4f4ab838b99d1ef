using System.Text;
using IoTHealth.Simulators.Serial;

namespace IoTHealth.Simulators.Tests.BedsideTransmitter;

/// <summary>A gateway at the other end of a transmitter's line: answers AA to every whole message, and opens the line anew after a hang-up.</summary>
internal sealed class LineHost : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<string> _controls = [];
    private readonly Task _run;
    private List<byte>? _block;

    public LineHost(string path) => _run = Task.Factory.StartNew(() => Listen(path), TaskCreationOptions.LongRunning);

    /// <summary>MSH-10 of each whole message.</summary>
    public string[] Controls
    {
        get
        {
            lock (_gate)
            {
                return [.. _controls];
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run;
        _stop.Dispose();
    }

    private void Listen(string path)
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
                foreach (var value in buffer.AsSpan(0, (poll.Revents & Libc.PollIn) != 0 ? Math.Max(0, Libc.Read(line, buffer)) : 0))
                {
                    Take(line, value);
                }
            }

            _ = line >= 0 ? Libc.Close(line) : 0;
            _block = null;
        }
    }

    private void Take(int line, byte value)
    {
        if (value == 0x0B)
        {
            _block = [];
        }
        else if (value == 0x1C && _block is { } block)
        {
            var control = MllpReceiver.Control(Encoding.UTF8.GetString([.. block]));
            lock (_gate)
            {
                _controls.Add(control);
            }

            _block = null;
            _ = Libc.Write(line, Encoding.ASCII.GetBytes($"\u000BMSH|^~\\&|||||||ACK|1|P|2.6\rMSA|AA|{control}\r\u001C\r"));
        }
        else
        {
            _block?.Add(value);
        }
    }
}
