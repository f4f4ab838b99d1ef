using System.Diagnostics;
using System.Text;
using System.Text.Json;
using IoTHealth.Simulators.BedsideTransmitter;
using IoTHealth.Testing;

namespace IoTHealth.Simulators.Tests.BedsideTransmitter;

/// <summary>What the transmitter writes, against HL7 worked by hand and against Debian's python3-hl7.</summary>
public sealed class IdcoMessageTests
{
    private const string Python = "/usr/bin/python3";

    private static readonly DateTimeOffset Time = new(2026, 11, 24, 7, 12, 5, TimeSpan.FromHours(9));
    private static readonly Implant Pacemaker = new("P-0001", "Pace-DR", ImplantKind.Ddd);

    [Fact]
    public void A_report_is_the_one_worked_by_hand()
    {
        ImplantAct[] acts =
        [
            new("implant-battery", Time, 0, true,
            [
                Finding.Of(ImplantTerm.BatteryStatus, CodedValue.Battery(BatteryStage.Replacement)),
                Finding.Of(ImplantTerm.BatteryVoltage, 2.6, 2),
                Finding.Of(ImplantTerm.DeviceModel, @"A|B^C~D&E\F"),
            ]),
            new("implant-lead-lv", Time.AddSeconds(-1), 3, true,
            [
                Finding.Of(ImplantTerm.LeadStatus(Chamber.LeftVentricle), CodedValue.Nothing),
                Finding.Of(ImplantTerm.SensedMean(Chamber.LeftVentricle), 14.04, 1),
                Finding.Of(ImplantTerm.EpisodeType, CodedValue.Episode(EpisodeType.Atrial)),
            ]),
            new("implant-pacing-settings", Time, 0, false, [Finding.Of(ImplantTerm.VentricularDelay, -20), Finding.Of(ImplantTerm.ShocksTotal, 4)]),
        ];
        string[] expected =
        [
            @"MSH|^~\&|BEDSIDE|IOTHEALTH|GATEWAY||20261124071205+0900||ORU^R01^ORU_R01|P-0001-7|P|2.6||||||UNICODE UTF-8",
            "PID|1||model:Pace-DR/serial:P-0001^^^IOT^U",
            "PV1|1|R",
            "OBR|1||P-0001-7|754051^REMOTE FOLLOW-UP^MDC|||20261124071205+0900||||||||||||||||||F",
            "OBX|1|CWE|721280^MDC_IDC_MSMT_BATTERY_STATUS^MDC||754115^RRT^MDC||||||F|||20261124071205+0900",
            "OBX|2|NM|721344^MDC_IDC_MSMT_BATTERY_VOLTAGE^MDC||2.60|V|||||F|||20261124071205+0900",
            @"OBX|3|ST|720898^MDC_IDC_DEV_MODEL^MDC||A\F\B\S\C\R\D\T\E\E\F||||||F|||20261124071205+0900",
            "OBX|4|CWE|721987^MDC_IDC_MSMT_LEADCHNL_LV_LEAD_CHANNEL_STATUS^MDC|3|Null||||||F|||20261124071204+0900",
            "OBX|5|NM|722063^MDC_IDC_MSMT_LEADCHNL_LV_SENSING_INTR_AMPL_MEAN^MDC|3|14.0|mV|||||F|||20261124071204+0900",
            "OBX|6|CWE|739568^MDC_IDC_EPISODE_TYPE^MDC|3|Epis_AT_AF^AT/AF||||||F|||20261124071204+0900",
            "OBX|7|NM|729344^MDC_IDC_SET_CRT_LVRV_DELAY^MDC||-20|ms|||||F",
            "OBX|8|NM|737840^MDC_IDC_STAT_TACHYTHERAPY_SHOCKS_DELIVERED_TOTAL^MDC||4||||||F",
            "OBX|9|ED|18750-0^Cardiac Electrophysiology Report^LN||^application^pdf^Base64^JVBERi0=||||||F|||20261124071205+0900",
        ];
        var message = IdcoMessage.Encode(Pacemaker, "P-0001-7", Time, acts, "%PDF-"u8.ToArray());
        Assert.Equal(string.Concat(expected.Select(segment => segment + "\r")), Encoding.ASCII.GetString(message));
        Assert.Equal(
            [("battery-status", "replacement-recommended"), ("battery-voltage", "2.60 V"), ("sensing-mean-lv", "14.0 mV"), ("episode-type", "at-af"), ("lvrv-delay", "-20 ms"), ("shocks-delivered-total", "4 1")],
            acts.SelectMany(act => act.Values));
    }

    [Fact]
    public void Line_feeds_and_repeated_set_ids_change_nothing_else()
    {
        var acts = Acts(ImplantKind.Ddd);
        var plain = Encoding.ASCII.GetString(IdcoMessage.Encode(Pacemaker, "c", Time, acts, null));
        var odd = Encoding.ASCII.GetString(IdcoMessage.Encode(Pacemaker, "c", Time, acts, null, lineFeeds: true, repeatSetIds: true));
        Assert.DoesNotContain('\r', odd);
        Assert.All(odd.Split('\n').Where(segment => segment.StartsWith("OBX", StringComparison.Ordinal)), obx => Assert.StartsWith("OBX|1|", obx, StringComparison.Ordinal));
        Assert.Equal(plain.Split('\r').Select(WithoutSetId), odd.Split('\n').Select(WithoutSetId));

        static string WithoutSetId(string segment) =>
            segment.StartsWith("OBX", StringComparison.Ordinal) ? string.Join('|', segment.Split('|').Where((_, n) => n != 1)) : segment;
    }

    [Theory]
    [InlineData("ddd")]
    [InlineData("icd")]
    [InlineData("crt-d")]
    public async Task An_independent_reader_reads_what_was_measured(string name)
    {
        var kind = ImplantKinds.Find(name)!.Value;
        var acts = Acts(kind);
        var pdf = ReportPdf.Write(["A report"]);
        var read = await ReadIndependentlyAsync(IdcoMessage.Encode(Pacemaker with { Kind = kind }, "P-0001-7", Time, acts, pdf));
        Assert.Equal(("2.6", "model:Pace-DR/serial:P-0001", "IOT", "U"), (Text(read, "version"), Text(read, "device"), Text(read, "authority"), Text(read, "idType")));
        var observations = read.GetProperty("obx").EnumerateArray().Select(obx => obx.EnumerateArray().Select(field => field.GetString()!).ToArray()).ToArray();
        Assert.Equal(
            acts.SelectMany(act => act.Findings.Select(finding => (
                finding.Term.Type, $"{finding.Term.Number}", finding.Term.Reference, act.Instance == 0 ? "" : $"{act.Instance}",
                Value: finding.Value.Split('^')[0], finding.Term.Unit, Time: act.IsTimed ? Hl7Text.Time(act.Time) : ""))),
            observations[..^1].Select(obx => (obx[0], obx[1], obx[2], obx[3], obx[4], obx[5], obx[6])));
        Assert.Equal(("ED", "18750-0"), (observations[^1][0], observations[^1][1]));
        Assert.Equal(pdf, Convert.FromBase64String(Text(read, "pdf")));
    }

    [Fact]
    public void Every_act_has_a_key_of_its_own_and_every_finding_its_place_in_the_nomenclature()
    {
        var acts = Acts(ImplantKind.CrtD);
        Assert.Equal(acts.Count, acts.Select(act => (act.Kind, act.Time, string.Join('&', act.Values))).Distinct().Count());
        Assert.All(acts, act => Assert.NotEmpty(act.Values));
        Assert.All(acts.SelectMany(act => act.Findings), finding => Assert.InRange(finding.Term.Number, 11 * 65536, (12 * 65536) - 1));
        var terms = acts.SelectMany(act => act.Findings.Select(finding => finding.Term)).Distinct().ToArray();
        Assert.Equal(terms.Length, terms.Select(term => term.Number).Distinct().Count());
    }

    [Fact]
    public void The_page_is_a_PDF_whose_table_leads_to_its_objects()
    {
        var file = Encoding.ASCII.GetString(ReportPdf.Write(["Report (remote)", @"a\b"]));
        Assert.StartsWith("%PDF-1.4\n", file, StringComparison.Ordinal);
        Assert.EndsWith("%%EOF\n", file, StringComparison.Ordinal);
        var table = int.Parse(file.Split("startxref\n")[1].Split('\n')[0], System.Globalization.CultureInfo.InvariantCulture);
        var lines = file[table..].Split('\n');
        Assert.Equal(["xref", "0 6", "0000000000 65535 f "], lines[..3]);
        for (var n = 1; n <= 5; n++)
        {
            Assert.Equal(19, lines[2 + n].Length);
            Assert.StartsWith($"{n} 0 obj\n", file[int.Parse(lines[2 + n][..10], System.Globalization.CultureInfo.InvariantCulture)..], StringComparison.Ordinal);
        }

        var stream = file.Split(">>\nstream\n")[1].Split("\nendstream")[0];
        Assert.Contains($"/Length {stream.Length} ", file, StringComparison.Ordinal);
        Assert.Contains(@"(Report \(remote\)) Tj T* (a\\b) Tj", stream, StringComparison.Ordinal);
    }

    private static string Text(JsonElement parent, string name) => parent.GetProperty(name).GetString()!;

    private static IReadOnlyList<ImplantAct> Acts(ImplantKind kind)
    {
        var course = new ImplantCourse(5, kind);
        return ReportContent.Of(Pacemaker with { Kind = kind }, course, 1000, 1400, Time.AddMinutes(-1), Time, fractured: true);
    }

    private static async Task<JsonElement> ReadIndependentlyAsync(byte[] message)
    {
        const string script = """
            import hl7, json, sys
            m = hl7.parse(sys.stdin.buffer.read().decode("utf-8"))
            unescape = lambda text: hl7.Message.unescape(m, str(text))
            def part(segment, field, component=1):
                if len(segment) <= field: return ""
                repetition = segment[field][0] if len(segment[field]) else ""
                parts = repetition if not isinstance(repetition, str) else [repetition]
                return unescape(parts[component - 1][0] if not isinstance(parts[component - 1], str) else parts[component - 1]) if len(parts) >= component else ""
            obx = list(m.segments("OBX"))
            pid = m.segment("PID")
            print(json.dumps({
                "version": str(m.segment("MSH")[12]), "device": part(pid, 3), "authority": part(pid, 3, 4), "idType": part(pid, 3, 5),
                "obx": [[str(s[2]), part(s, 3), part(s, 3, 2), str(s[4]), part(s, 5), str(s[6]), part(s, 14)] for s in obx],
                "pdf": part(obx[-1], 5, 5)}))
            """;
        if (!File.Exists(Python))
        {
            throw Require.Missing($"{Python} is not there; this test did not run. ./test.sh installs what the tests need.");
        }

        using var python = Process.Start(new ProcessStartInfo(Python, ["-c", script]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (python.StandardOutput.ReadToEndAsync(), python.StandardError.ReadToEndAsync());
        await python.StandardInput.BaseStream.WriteAsync(message);
        python.StandardInput.Close();
        await python.WaitForExitAsync();
        if ((await error).Contains("No module named 'hl7'", StringComparison.Ordinal))
        {
            throw Require.Missing("python3-hl7 is not installed; this test did not run. ./test.sh installs what the tests need.");
        }

        Assert.True(python.ExitCode == 0, await error);
        return JsonDocument.Parse(await output).RootElement;
    }
}
