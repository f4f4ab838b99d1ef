using System.Text;
using IoTHealth.Devices.Codecs.Hl7v2;

namespace IoTHealth.Devices.Tests.Codecs;

public sealed class Hl7Tests
{
    private const string Header = @"MSH|^~\&|A|B|C|D|20200101||ORU^R01^ORU_R01|C1|P|2.6";

    [Fact]
    public void Blocks_are_found_however_the_stream_is_cut()
    {
        byte[] stream = [.. "noise"u8, .. MllpDeframer.Wrap("one"u8), 0x00, .. MllpDeframer.Wrap("two"u8), MllpDeframer.Start, .. "thr"u8];
        for (var size = 1; size <= stream.Length; size++)
        {
            var deframer = new MllpDeframer();
            var found = stream.Chunk(size).SelectMany(chunk => deframer.Push(chunk)).Select(Encoding.ASCII.GetString).ToList();
            Assert.Equal(["one", "two"], found);
            Assert.True(deframer.IsIncomplete);
            Assert.Equal(6, deframer.SkippedBytes);
        }
    }

    [Fact]
    public void A_block_that_begins_anew_or_grows_too_long_is_dropped_and_counted()
    {
        var deframer = new MllpDeframer(bytesMaximum: 10);
        var messages = deframer.Push([MllpDeframer.Start, .. "lost"u8, .. MllpDeframer.Wrap("kept"u8), .. MllpDeframer.Wrap(new byte[30]), .. MllpDeframer.Wrap("last"u8)]);
        Assert.Equal(["kept", "last"], messages.Select(Encoding.ASCII.GetString));
        Assert.True(deframer.SkippedBytes >= 34);
    }

    [Theory]
    [InlineData("\r")]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Segments_end_as_senders_end_them(string end)
    {
        Assert.True(Hl7Message.TryRead($"{Header}{end}PID|1{end}OBX|1|NM|721344^X^MDC||3.2|V{end}", out var message, out _));
        Assert.Equal(["MSH", "PID", "OBX"], message.Segments.Select(s => s.Id));
        Assert.Equal(("ORU^R01", "C1", "2.6"), (message.Type, message.ControlId, message.Version));
    }

    [Theory]
    [InlineData(@"a\F\b\S\c\T\d\R\e\E\f", @"a|b^c&d~e\f")]
    [InlineData(@"\X4142\", "AB")]
    [InlineData(@"one\.br\two", "one\ntwo")]
    [InlineData(@"\X4\ \Zz\ \", @"\X4\ \Zz\ \")]
    public void Escapes_are_resolved_or_left(string sent, string read)
    {
        Assert.True(Hl7Message.TryRead($"{Header}\rNTE|1||{sent}", out var message, out _));
        Assert.Equal(read, message.Segments[1].Text(3));
    }

    [Theory]
    [InlineData("")]
    [InlineData("PID|1")]
    [InlineData("MSH")]
    [InlineData(@"MSH|||||x")]
    [InlineData(@"MSHA^~\&A")]
    public void What_is_no_message_is_refused_with_a_reason(string text)
    {
        Assert.False(Hl7Message.TryRead(text, out _, out var reason));
        Assert.NotEmpty(reason);
    }

    [Theory]
    [InlineData("^application^pdf^Base64^{0}")]
    [InlineData("Application^PDF^^Base64^{0}")]
    [InlineData("^TEXT^PDF^BASE64^{0}")]
    public void A_pdf_is_found_however_its_components_are_ordered(string form)
    {
        var data = Convert.ToBase64String(Encoding.ASCII.GetBytes("%PDF-1.4 a report"));
        var field = string.Format(System.Globalization.CultureInfo.InvariantCulture, form, data.Insert(8, "\r").Insert(20, "\n"));
        Assert.True(Read($"OBX|1|ED|18750-0^Report^LN||{field}||||||F", out var report));
        Assert.Equal("%PDF-1.4 a report", Encoding.ASCII.GetString(Assert.Single(report.Documents).Content));
    }

    [Theory]
    [InlineData("^application^pdf^Base64^!!!!")]
    [InlineData("^application^pdf^Base64^AAAA")]
    [InlineData("^application^pdf^Hex^255044")]
    public void A_document_that_is_no_pdf_is_a_warning_and_costs_nothing_else(string field)
    {
        Assert.True(Read($"OBX|1|ED|18750-0^Report^LN||{field}||||||F\rOBX|1|NM|721344^X^MDC|1|3.2|V", out var report));
        Assert.Single(report.Warnings);
        Assert.Equal(3.2m, Assert.Single(report.Observations).Number);
    }

    [Theory]
    [InlineData("OBX|1|CWE|721280^MDC_IDC_MSMT_BATTERY_STATUS^MDC|1|^MOS", 721280u, "MOS")]
    [InlineData("OBX|1|CWE|^MDC_IDC_MSMT_BATTERY_STATUS^MDC_IDC|1|754114^MOS", 721280u, "754114")]
    [InlineData("OBX|1|CWE|99^MDC_IDC_DEV_TYPE^MDC|1|NULL^Null", 720897u, null)]
    [InlineData("OBX|1|CWE|99^SOMETHING_ELSE^MD|1|x", null, "x")]
    public void Terms_are_found_by_number_then_by_reference_id(string segment, uint? code, string? coding)
    {
        Assert.True(Read(segment, out var report));
        Assert.Equal((code, coding), (report.Observations[0].Code, report.Observations[0].Coding));
    }

    [Fact]
    public void Times_come_from_the_observation_else_from_the_report()
    {
        Assert.True(Read("OBR|1|||REMOTE|||20200103\rOBX|1|NM|721344^X^MDC|1|3|V|||||F|||20200101\rOBX|1|NM|721344^X^MDC|2|3|V|||||F||||||20200102\rOBX|1|NM|721344^X^MDC|3|3|V", out var report));
        Assert.Equal(["20200101", "20200102", "20200103"], report.Observations.Select(o => o.Time));
    }

    // A line that only looks like a segment would be lost unseen, were it glued on.
    [Theory]
    [InlineData("OBX|1|NM|721344^X^MDC||3.2|V", " OBX|2|NM|721472^X^MDC||9|mo")]
    [InlineData("OBX|1|ED|18750-0^R^LN||^application^pdf^Base64^JVBERi0=", "obx|2|NM|721472^X^MDC||9|mo")]
    [InlineData("OBX|1|ED|18750-0^R^LN||^application^pdf^Base64^JVBERi0=", "\uFEFFOBX|2|NM|721472^X^MDC||9|mo")]
    [InlineData("NTE|1||a note", " OBX|2|NM|721472^X^MDC||9|mo")]
    [InlineData("PID|1", "anything")]
    public void A_line_that_is_no_segment_is_told(string before, string line)
    {
        Assert.True(Hl7Message.TryRead($"{Header}\r{before}\r{line}\rOBX|3|NM|721344^X^MDC||3.3|V", out var message, out _));
        Assert.Equal([(2, line)], message.Strays);
        Assert.Equal([Header, before, "OBX|3|NM|721344^X^MDC||3.3|V"], message.Segments.Select(segment => segment.Line));
    }

    [Theory]
    [InlineData("20261124240000+0900", "2026-11-25T00:00:00.0000000 09:00:00")]
    [InlineData("202612312400", "2027-01-01T00:00:00.0000000 ")]
    [InlineData("20261124073000.123456789+0900", "2026-11-24T07:30:00.1234567 09:00:00")]
    [InlineData("20261124073000+09:00", "2026-11-24T07:30:00.0000000 09:00:00")]
    [InlineData("20261124240100", null)]
    [InlineData("20261124073000+9:00", null)]
    [InlineData("20261124073000.12x", null)]
    public void Times_are_read_as_senders_write_them(string sent, string? read) => Assert.Equal(
        read,
        Hl7DateTime.TryRead(sent, out var time)
            ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{time.Time.Wall:yyyy-MM-dd'T'HH:mm:ss.fffffff} {time.Time.Offset}")
            : null);

    [Fact]
    public void Another_message_is_refused()
    {
        Assert.True(Hl7Message.TryRead(Header.Replace("ORU^R01", "ADT^A01", StringComparison.Ordinal), out var message, out _));
        Assert.False(IdcoReport.TryRead(message, out _, out var reason));
        Assert.Equal("MSH-9 is not ORU^R01", reason);
    }

    private static bool Read(string segments, out IdcoReport report)
    {
        Assert.True(Hl7Message.TryRead($"{Header}\rPID|1\r{segments}", out var message, out _));
        return IdcoReport.TryRead(message, out report, out _);
    }
}
