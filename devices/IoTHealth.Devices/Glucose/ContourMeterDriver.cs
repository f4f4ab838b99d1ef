using System.Buffers;
using System.IO.Pipelines;
using IoTHealth.Devices.Codecs.Astm;

namespace IoTHealth.Devices.Glucose;

/// <summary>
/// Driver of glucose meters of the Contour family on a serial line: takes the memory they upload by ASTM E1381/E1394
/// (CLSI LIS01-A2, LIS02-A2) and acknowledges each frame once what it holds is durable. The meter keeps its memory, so an
/// upload that broke off comes again whole, and what is known already folds.
/// </summary>
/// <param name="isHid">The meter speaks in USB HID reports, in which the ASTM bytes are wrapped.</param>
public sealed class ContourMeterDriver(bool isHid = false) : ISerialDriver
{
    private static readonly byte[] Acknowledge = [AstmFrame.Ack];
    private static readonly byte[] AskAgain = [AstmFrame.Nak];

    public string Name => isHid ? "contour-meter-hid/1" : "contour-meter/1";

    public int ReportBytes => isHid ? ContourHidReport.Length : 0;

    public GuaranteeClass Guarantee => GuaranteeClass.ReReadable;

    public int Baud => 9600;

    public async Task RunAsync(IDuplexPipe port, DeviceContext device, IMeasurementSink sink, CancellationToken cancellation)
    {
        var scanner = new AstmScanner();
        var reports = isHid ? new HidReports() : null;
        var conversation = new Conversation(port.Output, isHid, device, sink);
        while (true)
        {
            var read = await port.Input.ReadAsync(cancellation);
            foreach (var found in scanner.Push(reports is null ? read.Buffer.ToArray() : reports.Push(read.Buffer.ToArray())))
            {
                await conversation.AnswerAsync(found, cancellation);
            }

            port.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    /// <summary>One meter's side of the talk, from enquiry to end.</summary>
    private sealed class Conversation(PipeWriter line, bool isHid, DeviceContext device, IMeasurementSink sink)
    {
        private AstmUpload _upload = new();
        private ContourRecords _records = new(device.Serial);
        private bool _hasHeader;

        public Task AnswerAsync(AstmEvent found, CancellationToken cancellation)
        {
            switch (found)
            {
                case AstmEvent.Enquiry:
                    Begin();
                    return SayAsync(Acknowledge, cancellation);
                case AstmEvent.Frame frame:
                    return TakeAsync(frame.Content, cancellation);
                case AstmEvent.Damaged:
                    return SayAsync(AskAgain, cancellation);
                default:
                    Begin();
                    return Task.CompletedTask;
            }
        }

        private async Task TakeAsync(AstmFrame frame, CancellationToken cancellation)
        {
            // A meter that was just attached sends its header without asking first. Before a header nobody knows whose results
            // these are: the meter gives up after six tries and begins anew.
            if (frame.Text.StartsWith("H|", StringComparison.Ordinal) && frame.Number == 1)
            {
                Begin();
                _hasHeader = true;
            }

            if (!_hasHeader)
            {
                await SayAsync(AskAgain, cancellation);
                return;
            }

            var verdict = _upload.Add(frame, out var records);
            if (verdict == FrameVerdict.Take)
            {
                await StoreAsync(_records.Read(records), cancellation);
            }

            await SayAsync(verdict == FrameVerdict.OutOfOrder ? AskAgain : Acknowledge, cancellation);
        }

        private ValueTask StoreAsync(DecodedUpload upload, CancellationToken cancellation) => upload.Measurements.Count + upload.Refusals.Count > 0 || upload.Clock is not null
            ? sink.AcceptAsync(device, upload, cancellation)
            : ValueTask.CompletedTask;

        private void Begin()
        {
            _upload = new AstmUpload();
            _records = new ContourRecords(device.Serial);
            _hasHeader = false;
        }

        private async Task SayAsync(byte[] bytes, CancellationToken cancellation)
        {
            var written = await line.WriteAsync(isHid ? ContourHidReport.Wrap(bytes) : bytes, cancellation);
            if (written.IsCompleted)
            {
                throw new IOException("the line has gone");
            }
        }
    }
}
