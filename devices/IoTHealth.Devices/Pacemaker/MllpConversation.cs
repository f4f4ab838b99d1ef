using System.Buffers;
using System.IO.Pipelines;
using IoTHealth.Devices.Codecs.Hl7v2;

namespace IoTHealth.Devices.Pacemaker;

/// <summary>
/// The receiver's side of MLLP: takes one message after the other and answers each on the same connection once it is kept.
/// A message that is too long is answered with AR and ends the conversation. One that would exceed what all conversations may hold
/// together ends it unanswered: nothing of it is kept, so the sender must keep it and send it again.
/// </summary>
/// <param name="driver">Reads the messages.</param>
/// <param name="keep">Makes a report durable and says what became of it; an <see cref="IOException"/> of it ends the conversation unanswered.</param>
/// <param name="time">Clock of the answers.</param>
/// <param name="bytesMaximum">Longest message that is taken.</param>
/// <param name="allowance">What it shares with other conversations, or null.</param>
/// <param name="heard">Told whenever bytes came, or null.</param>
public sealed class MllpConversation(
    IReportDriver driver, Func<DecodedReport, CancellationToken, ValueTask<DecodedReport>> keep, TimeProvider time,
    int bytesMaximum = MllpDeframer.DefaultBytesMaximum, MllpAllowance? allowance = null, Action? heard = null)
{
    private readonly MllpDeframer _deframer = new(bytesMaximum);
    private long _held;

    /// <summary>Talks until the line ends or is cancelled.</summary>
    /// <exception cref="IOException">The line has gone, or a report could not be kept.</exception>
    public async Task RunAsync(IDuplexPipe line, CancellationToken cancellation)
    {
        try
        {
            await TalkAsync(line, cancellation);
        }
        finally
        {
            Hold(0);
        }
    }

    private async Task TalkAsync(IDuplexPipe line, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await line.Input.ReadAsync(cancellation);
            if (!read.Buffer.IsEmpty)
            {
                heard?.Invoke();
            }

            var messages = read.Buffer.IsEmpty ? [] : _deframer.Push(read.Buffer.ToArray());
            line.Input.AdvanceTo(read.Buffer.End);
            Hold(messages.Sum(message => (long)message.Length) + _deframer.HeldBytes);
            foreach (var message in messages)
            {
                await AnswerAsync(line.Output, driver.Read(message), cancellation);
            }

            Hold(_deframer.HeldBytes);

            if (_deframer.Overlong is { } beginning)
            {
                var reason = $"the message is longer than {bytesMaximum} bytes; only its beginning is kept";
                await AnswerAsync(line.Output, DecodedReport.Refused(ReportVerdict.NotUnderstood, reason, beginning), cancellation);
                throw new IOException($"a message is longer than {bytesMaximum} bytes");
            }

            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    private void Hold(long bytes)
    {
        if (allowance?.TryHold(_held, bytes) == false)
        {
            throw new IOException("too many bytes of reports are under way at a time");
        }

        _held = bytes;
    }

    private async Task AnswerAsync(PipeWriter line, DecodedReport report, CancellationToken cancellation)
    {
        var kept = await keep(report, cancellation);
        var written = await line.WriteAsync(MllpDeframer.Wrap(Hl7Acknowledgement.Of(kept, time.GetUtcNow())), cancellation);
        if (written.IsCompleted)
        {
            throw new IOException("the line has gone");
        }
    }
}
