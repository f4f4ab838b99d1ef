using System.Buffers;
using System.IO.Pipelines;
using IoTHealth.Devices.Codecs.Hl7v2;

namespace IoTHealth.Devices.Pacemaker;

/// <summary>
/// The receiver's side of MLLP: takes one message after the other and answers each on the same connection once it is kept.
/// A message that is too long is answered with AR and ends the conversation.
/// </summary>
/// <param name="driver">Reads the messages.</param>
/// <param name="keep">Makes a report durable and says what became of it; an <see cref="IOException"/> of it ends the conversation unanswered.</param>
/// <param name="time">Clock of the answers.</param>
/// <param name="bytesMaximum">Longest message that is taken.</param>
public sealed class MllpConversation(
    IReportDriver driver, Func<DecodedReport, CancellationToken, ValueTask<DecodedReport>> keep, TimeProvider time,
    int bytesMaximum = MllpDeframer.DefaultBytesMaximum)
{
    private readonly MllpDeframer _deframer = new(bytesMaximum);

    /// <summary>Talks until the line ends or is cancelled.</summary>
    /// <exception cref="IOException">The line has gone, or a report could not be kept.</exception>
    public async Task RunAsync(IDuplexPipe line, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await line.Input.ReadAsync(cancellation);
            var messages = read.Buffer.IsEmpty ? [] : _deframer.Push(read.Buffer.ToArray());
            line.Input.AdvanceTo(read.Buffer.End);
            foreach (var message in messages)
            {
                await AnswerAsync(line.Output, driver.Read(message), cancellation);
            }

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
