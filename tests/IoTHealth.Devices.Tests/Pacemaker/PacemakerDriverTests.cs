using System.Globalization;
using System.Text;
using IoTHealth.Devices.Codecs.Hl7v2;
using IoTHealth.Devices.Pacemaker;
using IoTHealth.Devices.Tests.Drivers;
using IoTHealth.Links.Mqtt;

namespace IoTHealth.Devices.Tests.Pacemaker;

public sealed class PacemakerDriverTests : SerialDriverContract
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    protected override ISerialDriver Driver => Reports.Driver;

    protected override DeviceContext Device => Reports.Device;

    protected override IReadOnlyList<byte[]> Conversation { get; } =
    [
        Wrap(Reports.Text("OBX|1|CWE|720897^MDC_IDC_DEV_TYPE^MDC||753665^IPG||||||F|||20261124070000+0900")),
        Wrap(Reports.Text(Reports.Obx("NM", 721344, "", "2.79", "V"), Reports.Obx("NM", 722433, "", "512", "Ohm"))),
        Wrap(Reports.Text(Reports.Obx("NM", 721344, "", "2.78", "V", "20261124083000+0900"))),
    ];

    protected override int FirstReading => 1;

    protected override int Readings => 4;

    protected override bool IsAcknowledgement(byte[] said) => Answer(said) is { Count: > 1 } answer && answer[1].StartsWith("MSA|AA|C-1", StringComparison.Ordinal);

    [Fact]
    public async Task The_answer_turns_the_roles_round_and_names_the_message()
    {
        var answer = await SayAsync(Wrap(Reports.Text(Reports.Obx("NM", 721344, "", "2.79", "V"))), new RecordingSink());
        var header = answer[0].Split('|');
        Assert.Equal(["EDGE", "WARD", "TRANSMITTER", "HOME"], header[2..6]);
        Assert.Equal(("ACK^R01^ACK", "P", "2.6", "UNICODE UTF-8"), (header[8], header[10], header[11], header[17]));
        Assert.True(DateTime.TryParseExact(header[6], "yyyyMMddHHmmss+0000", CultureInfo.InvariantCulture, DateTimeStyles.None, out _));
        Assert.InRange(header[9].Length, 1, 20);
        Assert.Equal("MSA|AA|C-1", answer[1]);
    }

    // What is wrong with the message, the answer, and what the reason says.
    [Theory]
    [InlineData("MSH|", "PID|", "AR||", "does not begin with MSH")]
    [InlineData("ORU^R01^ORU_R01", "ADT^A01", "AR|C-1|", "MSH-9")]
    [InlineData("|P|2.6|", "|P|3.0|", "AR|C-1|", "MSH-12")]
    [InlineData("|P|2.6|", "|T|2.6|", "AE|C-1|", "test message")]
    [InlineData("P-0001", "P-0002", "AE|C-1|", "another device")]
    [InlineData("Pace-DR", "Pace-VR", "AE|C-1|", "another device")]
    [InlineData("model:", "", "AE|C-1|", "serial number")]
    [InlineData("OBX|", "NTE|", "AE|C-1|", "no OBX")]
    [InlineData("OBX|", "PID|\rOBX|", "AE|C-1|", "several patients")]
    [InlineData("OBX|", "MSH|^~\\&|A|B|C|D|20261124||ORU^R01|C-2|P|2.6\rOBX|", "AR|C-1|", "two messages")]
    [InlineData("20261124080000+0900\rOBX|", "20261124080000+0900||||||||||||||||||X\rOBX|", "AE|C-1|", "withdrawn")]
    [InlineData("OBX|", "OBX|1|ST|720898^X^MDC||Other-ICD\rOBX|", "AE|C-1|", "different models")]
    [InlineData("model:Pace-DR/serial:P-0001^^^MFR^U||||", "\rOBX|1|ST|720899^X^MDC||P-0001\rOBX|1|CWE|720900^X^MDC||MDT^Medtronic", "AE|C-1|", "another device")]
    [InlineData("OBX|", " OBX|", "AE|C-1|", "no OBX")]
    [InlineData("|C-1|", "||", "AA", "")]
    [InlineData("|2.79|", "|abc|", "AA|C-1|", "1 OBX could not be read")]
    public async Task What_cannot_be_used_is_told_and_kept(string instead, string of, string answer, string reason)
    {
        var sink = new RecordingSink();
        var text = Reports.Text(Reports.Obx("NM", 721344, "", "2.79", "V")).Replace(instead, of, StringComparison.Ordinal);
        var said = await SayAsync(Wrap(text), sink);
        Assert.StartsWith($"MSA|{answer}", said[1], StringComparison.Ordinal);
        Assert.Contains(reason, said[1], StringComparison.Ordinal);
        Assert.Equal(reason.Length > 0, sink.Refusals.Count == 1);
        Assert.Equal(reason.Length == 0, sink.Measurements.Count == 1);
        if (!answer.StartsWith("AA", StringComparison.Ordinal))
        {
            Assert.Equal(text, Encoding.UTF8.GetString(Assert.Single(sink.Refusals).Raw.Span));
        }
    }

    [Fact]
    public void Pdf_and_message_are_documents_and_the_message_does_not_hold_the_pdf_twice()
    {
        var pdf = "%PDF-1.4 a report"u8.ToArray();
        var report = Reports.Read(Reports.Text(
            Reports.Obx("NM", 721344, "", "2.79", "V"),
            $"OBX|2|ED|18750-0^Cardiac Electrophysiology Report^LN||Application^PDF^^Base64^{Convert.ToBase64String(pdf)}||||||F|||20261124070000+0900"));
        Assert.Equal(["application/pdf", "x-application/hl7-v2+er7"], report.Upload.Documents.Select(document => document.ContentType));
        Assert.Equal(pdf, report.Upload.Documents[0].Content.ToArray());
        Assert.Equal("Cardiac Electrophysiology Report", report.Upload.Documents[0].Title);
        Assert.Equal(new DateTime(2026, 11, 24, 7, 0, 0), report.Upload.Documents[0].Time!.Wall);
        var message = Encoding.UTF8.GetString(report.Upload.Documents[1].Content.Span);
        Assert.Contains("|2.79|V|", message, StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToBase64String(pdf), message, StringComparison.Ordinal);
        Assert.True(Hl7Message.TryRead(message, out _, out _));
    }

    // Makers number their devices each for themselves.
    [Theory]
    [InlineData("STJ^St. Jude Medical", "Abbott", true)]
    [InlineData("753751", "St. Jude Medical", true)]
    [InlineData("^IoT Health", "IoTHealth", true)]
    [InlineData("BTK", "Biotronik", true)]
    [InlineData("MDT^Medtronic", "Abbott", false)]
    [InlineData("Null", "Abbott", true)]
    public void A_report_without_a_model_must_be_of_the_registered_maker(string sent, string registered, bool same)
    {
        var text = Reports.Text(Reports.Obx("ST", 720899, "", "P-0001"), Reports.Obx("CWE", 720900, "", sent)).Replace("model:Pace-DR/", "", StringComparison.Ordinal);
        Assert.Equal(same, Reports.Driver.Read(Encoding.UTF8.GetBytes(text)).IsOf(Device with { Maker = registered }));
    }

    // No name of a person, and no other text of the sender.
    [Fact]
    public void Reasons_tell_nothing_of_what_was_sent()
    {
        var text = Reports.Text(
            "OBX|1|NM|721344^YAMADA^MDC|YAMADA|YAMADA|YAMADA|||||F|||YAMADA", "OBX|1|ED|1^YAMADA^LN||YAMADA", "OBX|1|NM|722624^^MDC|YAMADA|50|Ohm", "YAMADA", " YAMADA|1",
            "OBX|1|CWE|721280^YAMADA^MDC||YAMADA~YAMADA", "OBX|1|NM|737696||3|%").Replace("P-0001", "P-0001~YAMADA", StringComparison.Ordinal);
        var report = Reports.Driver.Read(Encoding.UTF8.GetBytes(text));
        Assert.Equal("6 OBX could not be read and are in quarantine", report.Reason);
        Assert.All(report.Upload.Refusals, refusal => Assert.DoesNotContain("YAMADA", refusal.Reason, StringComparison.Ordinal));
        Assert.DoesNotContain("YAMADA", string.Concat(report.Upload.Measurements.SelectMany(measurement => measurement.Flags)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_byte_counts_as_heard_and_together_they_are_bounded()
    {
        var (allowance, heard, line) = (new MllpAllowance(100), new TaskCompletionSource(), new Line());
        Assert.True(allowance.TryHold(0, 60));
        var running = new MllpConversation(Reports.Driver, (report, _) => ValueTask.FromResult(report), TimeProvider.System, allowance: allowance, heard: () => heard.TrySetResult())
            .RunAsync(line, CancellationToken.None);
        await line.SendAsync(Wrap(new string('x', 40)).AsMemory()[..^2]);
        await heard.Task.WaitAsync(Patience);
        Assert.False(running.IsCompleted);
        await line.SendAsync("x"u8.ToArray());
        Assert.Contains("too many bytes", (await Assert.ThrowsAsync<IOException>(() => running.WaitAsync(Patience))).Message, StringComparison.Ordinal);
        Assert.Equal(60, allowance.Held);
    }

    [Fact]
    public void By_mqtt_it_must_be_the_device_of_the_credential()
    {
        var payload = Encoding.UTF8.GetBytes(Reports.Text(Reports.Obx("NM", 721344, "", "2.79", "V")));
        Assert.Equal(["pacemaker/pacemaker-01/reports"], Reports.Driver.Topics("pacemaker-01"));
        Assert.Single(Read(Device).Measurements);
        Assert.Single(Read(Device with { Serial = "p-0001 " }).Measurements);
        Assert.Contains("another device", Assert.Single(Read(Device with { Serial = "P-0009" }).Refusals).Reason, StringComparison.Ordinal);

        DecodedUpload Read(DeviceContext device) => Reports.Driver.Read(new MqttMessage("t", payload, 1, false, false), device);
    }

    [Fact]
    public async Task A_message_without_an_end_is_refused_and_ends_the_talk()
    {
        var (line, sink) = (new Line(), new RecordingSink());
        var running = Driver.RunAsync(line, Device, sink, CancellationToken.None);
        var endless = new byte[MllpDeframer.DefaultBytesMaximum + 2];
        Array.Fill(endless, (byte)'x');
        endless[0] = MllpDeframer.Start;
        "MSH|^~\\&|A|B|C|D|20261124||ORU^R01|BIG|P|2.6\r"u8.CopyTo(endless.AsSpan(1));
        await line.SendAsync(endless);
        Assert.StartsWith("MSA|AR|BIG|the message is longer", Answer(await line.HearAsync(Patience))![1], StringComparison.Ordinal);
        await Assert.ThrowsAsync<IOException>(() => running.WaitAsync(Patience));
        Assert.InRange(Assert.Single(sink.Refusals).Raw.Length, 1, 4096);
    }

    private async Task<List<string>> SayAsync(byte[] message, RecordingSink sink)
    {
        var line = new Line();
        var running = Driver.RunAsync(line, Device, sink, CancellationToken.None);
        await line.SendAsync(message);
        var said = Answer(await line.HearAsync(Patience));
        line.HangUp();
        await Assert.ThrowsAsync<IOException>(() => running.WaitAsync(Patience));
        return said ?? throw new InvalidOperationException("no answer");
    }

    private static List<string>? Answer(byte[] said) =>
        said is [MllpDeframer.Start, .. var text, MllpDeframer.End, MllpDeframer.CarriageReturn]
            ? [.. Encoding.UTF8.GetString(text).Split('\r', StringSplitOptions.RemoveEmptyEntries)]
            : null;

    private static byte[] Wrap(string text) => MllpDeframer.Wrap(Encoding.UTF8.GetBytes(text));
}
