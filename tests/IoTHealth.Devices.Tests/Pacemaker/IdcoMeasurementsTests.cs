using System.Text;
using System.Text.Json;
using IoTHealth.Measurements;
using static IoTHealth.Devices.Tests.Pacemaker.Reports;

namespace IoTHealth.Devices.Tests.Pacemaker;

public sealed class IdcoMeasurementsTests
{
    private static readonly string Vectors = Path.Combine(AppContext.BaseDirectory, "vectors", "hl7.jsonl");

    [Fact]
    public void A_full_report_is_one_measurement_for_each_act()
    {
        var report = Driver.Read(Encoding.UTF8.GetBytes(Vector("idco-full")));
        Assert.Equal((ReportVerdict.Accepted, "", "5867463524"), (report.Verdict, report.Reason, report.Serial));
        Assert.Equal(
            [
                "implant-device: device-type=crt-d device-manufacturer=biotronik",
                "implant-battery: battery-status=middle-of-service battery-voltage=6.3 V battery-impedance=2500 Ohm battery-longevity=39 mo battery-percentage=75 %",
                "implant-sensing-ra: sensing-amplitude-ra=2.5 mV sensing-maximum-ra=2.6 mV sensing-minimum-ra=2.2 mV sensing-mean-ra=2.5 mV",
                "implant-threshold-ra: threshold-amplitude-ra=0.7 V threshold-pulse-width-ra=0.5 ms",
                "implant-lead-ra: lead-impedance-ra=500 Ohm",
                "implant-lead-rv: lead-status-rv=check-lead lead-impedance-rv=3000 Ohm",
                "implant-sensing-rv: sensing-amplitude-rv=4.7 mV sensing-maximum-rv=4.9 mV sensing-minimum-rv=4.0 mV sensing-mean-rv=4.7 mV",
                "implant-threshold-rv: threshold-amplitude-rv=0.6 V threshold-pulse-width-rv=0.5 ms",
                "implant-sensing-lv: sensing-amplitude-lv=3.5 mV sensing-maximum-lv=3.8 mV sensing-minimum-lv=2.2 mV sensing-mean-lv=3.5 mV",
                "implant-threshold-lv: threshold-amplitude-lv=0.6 V threshold-pulse-width-lv=0.5 ms",
                "implant-lead-lv: lead-impedance-lv=500 Ohm",
                "implant-lead-hv: lead-impedance-hv=330 Ohm lead-status-hv=check-lead",
            ],
            Show(report).Take(12));
        Assert.Equal(
            [
                "implant-percent-paced: percent-paced-ra=50 % percent-paced-rv=30 % percent-paced-lv=95 % percent-paced-crt=80 %",
                "implant-atrial-burden: atrial-burden=10 % mode-switch-count=10800 1",
                "implant-therapy: shocks-delivered-recent=1 1 shocks-delivered-total=4 1 shocks-aborted-recent=0 1 shocks-aborted-total=1 1 "
                + "atp-delivered-recent=1 1 atp-delivered-total=3 1",
                "implant-episode-count: episode-count-type=vf episode-count-vendor-type=vf episode-count-recent=1 1 episode-count-total=4 1",
                "implant-episode-count: episode-count-type=svt episode-count-vendor-type=vt episode-count-recent=1 1 episode-count-total=0 1",
                "implant-episode-count: episode-count-type=at-af episode-count-vendor-type=at-af episode-count-recent=2 1 episode-count-total=150 1",
                "implant-episode: episode-type=svt episode-vendor-type=vt episode-therapy-result=successful episode-duration=27 s",
                "implant-episode: episode-type=at-af episode-vendor-type=at-af episode-therapy-result=successful episode-duration=10800 s",
            ],
            Show(report).TakeLast(8));
        Assert.Empty(report.Upload.Refusals);
        Assert.Equal(new DateTime(2009, 8, 25, 10, 0, 0), report.Upload.Measurements[1].Time!.Wall);
        Assert.Equal(new DateTime(2009, 10, 25, 10, 0, 0), report.Upload.Measurements[2].Time!.Wall);
        Assert.Equal(new DateTime(2009, 9, 27), report.Upload.Measurements[^1].Time!.Wall);
    }

    [Fact]
    public void A_small_report_with_its_pdf_is_read()
    {
        var report = Driver.Read(Encoding.UTF8.GetBytes(Vector("idco-step7")));
        Assert.Equal(("Maximo", "D284DRG"), (report.Model, report.Serial));
        Assert.Equal(
            [
                "implant-device: device-type=icd device-manufacturer=medtronic",
                "implant-battery: battery-voltage=3.2 V",
                "implant-pacing-settings: pacing-amplitude-ra=3.50 V pacing-amplitude-rv=3.50 V pacing-amplitude-lv=4.00 V",
            ],
            Show(report));
        Assert.Equal(2, report.Upload.Documents.Count);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void Segment_ends_and_set_ids_change_nothing(string end)
    {
        var text = Text(Obx("NM", 721344, "", "2.79", "V"), Obx("NM", 721472, "", "96", "mo"));
        var other = text.Replace("\r", end, StringComparison.Ordinal).Replace("OBX|1|", "OBX||", StringComparison.Ordinal);
        Assert.Equal(Id(Assert.Single(Read(text).Upload.Measurements)), Id(Assert.Single(Read(other).Upload.Measurements)));
    }

    // Order, control id and time of the message are not what was measured; the time of the measurement is.
    [Theory]
    [InlineData("C-1", "C-2", true)]
    [InlineData("|20261124080000+0900", "|20261125080000+0900", true)]
    [InlineData("073000", "074500", false)]
    [InlineData("2.79", "2.78", false)]
    [InlineData("2.79", "2.790", true)]
    [InlineData("20261124073000+0900", "20261123223000+0000", true)]
    public void Only_what_was_measured_makes_the_id(string instead, string of, bool same)
    {
        string[] observations = [Obx("NM", 721344, "", "2.79", "V"), Obx("NM", 721472, "", "96", "mo")];
        var first = Assert.Single(Measure(observations));
        var text = Text(observations.Reverse()).Replace(instead, of, StringComparison.Ordinal);
        Assert.Equal(same, Read(text).Upload.Measurements.Any(measurement => Id(measurement) == Id(first)));
    }

    [Fact]
    public void Two_reports_that_tell_the_same_battery_reading_fold_and_their_other_readings_do_not()
    {
        var (battery, early, late) = (Obx("NM", 721344, "1", "2.79", "V"), Obx("NM", 722432, "", "500", "Ohm"), Obx("NM", 722432, "", "501", "Ohm"));
        var ids = Measure(battery, early).Concat(Measure(late, battery)).Select(Id).ToList();
        Assert.Equal((4, 3), (ids.Count, ids.Distinct().Count()));
    }

    [Fact]
    public void Times_that_differ_make_measurements_that_differ() => Assert.Equal(
        ["implant-battery: battery-voltage=2.79 V", "implant-battery: battery-longevity=96 mo"],
        Measure(Obx("NM", 721344, "", "2.79", "V"), Obx("NM", 721472, "", "96", "mo", "20261123073000+0900")).Select(Show));

    // OBX-14 onwards, and what the device's clock showed.
    [Theory]
    [InlineData("20261124073000.25+0930", "2026-11-24T07:30:00.250 +09:30", "")]
    [InlineData("202611240730", "2026-11-24T07:30:00.000 +09:00", "")]
    [InlineData("20261124", "2026-11-24T00:00:00.000 +09:00", "time-of-day-unknown")]
    [InlineData("|||20261124071500-0500", "2026-11-24T07:15:00.000 -05:00", "")]
    [InlineData("garbage", "2026-11-24T08:00:00.000 +09:00", "time-unreadable")]
    [InlineData("", "2026-11-24T08:00:00.000 +09:00", "")]
    [InlineData("20261399", "2026-11-24T08:00:00.000 +09:00", "time-unreadable")]
    [InlineData("202611", "2026-11-24T08:00:00.000 +09:00", "time-unreadable")]
    [InlineData("20261124073000+2500", "2026-11-24T08:00:00.000 +09:00", "time-unreadable")]
    [InlineData("00010101000000+1400", "2026-11-24T08:00:00.000 +09:00", "time-unreadable")]
    public void Times_are_read_with_their_offset_or_fall_back_to_the_report_s(string sent, string time, string flags)
    {
        var measurement = Assert.Single(Measure(Obx("NM", 721344, "", "2.79", "V", sent)));
        var offset = measurement.Time!.Offset is { } o ? (o < TimeSpan.Zero ? "-" : "+") + o.ToString("hh\\:mm", null) : "";
        Assert.Equal(time, $"{measurement.Time.Wall:yyyy-MM-dd'T'HH:mm:ss.fff} {offset}");
        Assert.Equal(flags, string.Join(' ', measurement.Flags));
    }

    [Fact]
    public void Without_any_time_the_message_itself_is_the_identity()
    {
        string Timeless(string control) => string.Join(
            '\r', $@"MSH|^~\&|A|B|C|D|||ORU^R01|{control}|P|2.6", Patient, "OBR|1", Obx("NM", 721344, "", "2.79", "V", ""));
        var measurement = Assert.Single(Read(Timeless("C-1")).Upload.Measurements);
        Assert.Null(measurement.Time);
        Assert.Equal(Id(measurement), Id(Assert.Single(Read(Timeless("C-1")).Upload.Measurements)));
        Assert.NotEqual(Id(measurement), Id(Assert.Single(Read(Timeless("C-2")).Upload.Measurements)));
        Assert.Empty(Assert.Single(Read(Timeless("")).Upload.Measurements).Stable);
    }

    // Type and OBX-5 of the battery status (721280): our code and what stays of the sender's.
    [Theory]
    [InlineData("CWE", "754114^MOS^MDC", "middle-of-service", "754114")]
    [InlineData("CWE", "MOS^Middle of Service", "middle-of-service", "Middle of Service")]
    [InlineData("CWE", "^rrt", "replacement-recommended", "rrt")]
    [InlineData("CWE", "754199^MDC_IDC_ENUM_BATTERY_STATUS_EOS^MDC", "end-of-service", "754199")]
    [InlineData("ST", "BOS", "beginning-of-service", "BOS")]
    [InlineData("NM", "754116", "end-of-service", "754116")]
    [InlineData("CWE", "XYZ^Something new", "other", "Something new")]
    [InlineData("CWE", "772001^Vendor^99V", "other", "772001")]
    [InlineData("CWE", "VF", "other", "VF")]
    [InlineData("CWE", "754114^RRT", "other", "754114 RRT")]
    [InlineData("CWE", "754199^MDC_IDC_ENUM_SOMETHING_EOS^MDC", "other", "754199")]
    [InlineData("cwe", "754114^MOS^MDC", "middle-of-service", "754114")]
    [InlineData("CWE", "\\X01\\odd^\\X00\\weird", "other", "weird")]
    [InlineData("CWE", "NULL^Null", null, null)]
    [InlineData("CWE", "^Null", null, null)]
    [InlineData("CWE", "\"\"", null, null)]
    [InlineData("CWE", "", null, null)]
    public void Codes_are_few_and_the_original_stays(string type, string sent, string? code, string? original)
    {
        var report = Read(Text(Obx(type, 721280, "", sent)));
        var coded = report.Upload.Measurements.SingleOrDefault()?.Components[0].Value as MeasuredValue.Coded;
        Assert.Equal((code, original), (coded?.Code, coded?.Original));
        Assert.Empty(report.Upload.Refusals);
    }

    // Term, type, OBX-5, OBX-6 and what is read; empty for nothing, ! for a refusal.
    [Theory]
    [InlineData(721344u, "NM", "2.790", "V", "2.790 V")]
    [InlineData(721344u, "ST", "2.79", "v", "2.79 V")]
    [InlineData(721344u, "NM", "2790", "mV", "2790 mV")]
    [InlineData(721344u, "NM", "2.79", "266400^MDC_DIM_VOLT^MDC", "2.79 V")]
    [InlineData(721344u, "NM", "2.79", "", "!segment 4: battery-voltage has no unit")]
    [InlineData(721344u, "NM", "2.79", "Ohm", "!segment 4: battery-voltage has a unit that is not one of V")]
    [InlineData(721344u, "NM", "abc", "V", "!segment 4: battery-voltage is not a number")]
    [InlineData(721344u, "NM", "1e3", "V", "!segment 4: battery-voltage is not a number")]
    [InlineData(721344u, "NM", "", "V", "")]
    [InlineData(721344u, "NM", "\"\"", "V", "")]
    [InlineData(721344u, "NM", "2.79~2.80", "V", "!segment 4: OBX-5 has several repetitions")]
    [InlineData(721344u, "NM", "99", "V", "!segment 4: battery-voltage is implausible: outside 0 to 12 V")]
    [InlineData(721344u, "nm", "2.79", "V", "2.79 V")]
    [InlineData(722432u, "NM", ">3000", "Ohm", ">3000 Ohm")]
    [InlineData(722432u, "NM", "< 200", "Ohm", "<200 Ohm")]
    [InlineData(722432u, "SN", ">^3000", "Ohm", ">3000 Ohm")]
    [InlineData(722432u, "SN", "=^300", "Ohm", "300 Ohm")]
    [InlineData(722432u, "SN", ">=^3000", "Ohm", "!segment 4: lead-impedance-ra is not a number")]
    [InlineData(722432u, "SN", "^300^-^400", "Ohm", "!segment 4: lead-impedance-ra is not a number")]
    [InlineData(722434u, "NM", "500", "Ohm", "!segment 4: a lead in the left atrium is not in the catalogue")]
    [InlineData(722434u, "NM", "", "Ohm", "")]
    [InlineData(722432u, "NM", "500", "\u03A9", "500 Ohm")]
    [InlineData(722432u, "NM", "500", "ohm", "500 Ohm")]
    [InlineData(721472u, "NM", "8", "a", "8 a")]
    [InlineData(730880u, "NM", "60", "ppm", "60 /min")]
    [InlineData(730880u, "NM", "60", "{beats}/min", "60 /min")]
    [InlineData(737824u, "NM", "2", "{shocks}", "2 1")]
    [InlineData(737824u, "NM", "2", "", "2 1")]
    [InlineData(729344u, "NM", "-20", "ms", "-20 ms")]
    [InlineData(738017u, "NM", "20090501000000", "", "")]
    public void Numbers_keep_their_scale_and_need_their_unit(uint term, string type, string sent, string unit, string expected)
    {
        var upload = Read(Text(Obx(type, term, "", sent, unit), Obx("NM", 737696, "", "3", "%"))).Upload;
        var neighbour = Assert.Single(upload.Measurements, measurement => measurement.Kind == "implant-atrial-burden");
        var read = upload.Measurements.Where(measurement => measurement != neighbour).Select(measurement => Show(measurement).Split('=')[1])
            .Concat(upload.Refusals.Select(refusal => "!" + refusal.Reason));
        Assert.Equal(expected, string.Concat(read));
    }

    [Theory]
    [InlineData("X")]
    [InlineData("W")]
    [InlineData("D")]
    public void A_result_that_is_none_is_refused(string status)
    {
        var upload = Read(Text(Obx("NM", 721344, "", "2.79", "V").Replace("|F|", $"|{status}|", StringComparison.Ordinal))).Upload;
        Assert.Empty(upload.Measurements);
        Assert.Contains("OBX-11", Assert.Single(upload.Refusals).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("C", "corrected")]
    [InlineData("P", "preliminary")]
    [InlineData("F", "")]
    public void What_is_not_final_says_so(string status, string flags) => Assert.Equal(
        flags, string.Join(' ', Assert.Single(Measure(Obx("NM", 721344, "", "2.79", "V").Replace("|F|", $"|{status}|", StringComparison.Ordinal))).Flags));

    // A sign that cannot be is refused; the others of its act stay.
    [Fact]
    public void An_implausible_observation_costs_no_neighbour()
    {
        var report = Read(Text(Obx("CWE", 721280, "", "754115^RRT"), Obx("NM", 721536, "", "255", "%")));
        Assert.Equal(["implant-battery: battery-status=replacement-recommended"], Show(report));
        Assert.Equal("1 OBX could not be read and are in quarantine", report.Reason);
    }

    [Theory]
    [InlineData("CWE", 721280u, "")]
    [InlineData("NM", 721344u, "V")]
    [InlineData("ST", 739536u, "")]
    public void What_is_too_long_is_refused_and_costs_nothing_else(string type, uint term, string unit)
    {
        var instance = new string('7', 201);
        var upload = Read(Text(Obx(type, term, "", instance, unit), Obx("NM", 722624, instance, "50", "Ohm"), Obx("NM", 737696, "", "3", "%"))).Upload;
        Assert.Equal(["implant-atrial-burden"], upload.Measurements.Select(measurement => measurement.Kind));
        Assert.Equal(["segment 4: OBX-5 is longer than 200 characters", "segment 5: OBX-4 is longer than 200 characters"], upload.Refusals.Select(refusal => refusal.Reason));
    }

    // One megabyte of anything that divides, in any place that is read.
    [Theory]
    [InlineData("|")]
    [InlineData("^")]
    [InlineData("~")]
    [InlineData("&")]
    [InlineData("\\")]
    [InlineData("\r")]
    [InlineData("_")]
    [InlineData(" ")]
    [InlineData("0")]
    [InlineData("x\r")]
    [InlineData("OBX|\r")]
    public void A_megabyte_of_delimiters_is_read_in_no_time(string piece)
    {
        var much = string.Concat(Enumerable.Repeat(piece, 1_000_000 / piece.Length));
        string[] messages =
        [
            Text(Obx("CWE", 721280, "", "MDC_IDC_ENUM_" + much), Obx("NM", 721344, "", much, "V"), Obx("NM", 721344, "", "2.79", much)),
            Text(Obx("NM", 722624, much, "50", "Ohm"), Obx("NM", 721344, "", "2.79", "V", much), $"OBX|1|ED|^R{much}^LN||^a^b^Base64^{much}"),
            Text(Header.Replace("C-1", much, StringComparison.Ordinal), Enumerable.Repeat(Obx("NM", 721344, "", "2.79", "V", ""), 5_000)),
            Text(Header, [$"OBR|2||||||{much}", .. Enumerable.Repeat(Obx("NM", 721344, "", "2.79", "V", ""), 5_000)]),
        ];
        var began = TimeProvider.System.GetTimestamp();
        Assert.All(messages, message => Assert.NotNull(Driver.Read(Encoding.UTF8.GetBytes(message))));
        Assert.InRange(TimeProvider.System.GetElapsedTime(began).TotalSeconds, 0, 3);
    }

    [Fact]
    public void Titles_are_short_and_clean()
    {
        var pdf = Convert.ToBase64String("%PDF-1.4"u8.ToArray());
        var document = Read(Text($@"OBX|1|ED|1^A\X0B\ title {new string('x', 300)}^LN||^application^pdf^Base64^{pdf}||||||F")).Upload.Documents[0];
        Assert.StartsWith("A title x", document.Title, StringComparison.Ordinal);
        Assert.InRange(document.Title.Length, 190, 200);
    }

    // What MSH-7 says holds for times without an offset, before the device's own zone.
    [Fact]
    public void The_message_s_offset_holds_for_all_its_times()
    {
        var header = Header.Replace("20261124080000+0900", "20261124003000+0000", StringComparison.Ordinal);
        var measurements = Read(Text(header, [Obx("NM", 721344, "", "2.79", "V", "20261124003000"), Obx("DTM", 739552, "1", "20261120021500"), Obx("CWE", 739568, "1", "Epis_VT")])).Upload.Measurements;
        Assert.All(measurements, measurement => Assert.Equal(TimeSpan.Zero, measurement.Time!.Offset));
    }

    [Theory]
    [InlineData("20260801073000+0900", "", "2026-08-01", 0)]
    [InlineData("20260801073000+0900", "20261124073000+0900", "2026-08-01", 0)]
    [InlineData("garbage", "20261124073000+0900", "2026-11-24", 1)]
    [InlineData("\"\"", "20261124073000+0900", "2026-11-24", 0)]
    public void A_battery_goes_by_its_own_time(string own, string observed, string day, int refusals)
    {
        var upload = Read(Text(Obx("CWE", 721280, "1", "754115^RRT", "", observed), Obx("DTM", 721216, "", own, "", observed), Obx("NM", 721344, "", "2.60", "V", observed))).Upload;
        var battery = Assert.Single(upload.Measurements);
        Assert.Equal((day, 2, refusals), ($"{battery.Time!.Wall:yyyy-MM-dd}", battery.Components.Length, upload.Refusals.Count));
    }

    // The next report may number a battery otherwise; leads of high voltage are told apart by it.
    [Theory]
    [InlineData("721344", "V", true)]
    [InlineData("722624", "Ohm", false)]
    public void Obx4_tells_leads_apart_and_nothing_else(string term, string unit, bool same)
    {
        string[] ids = ["1", "2"];
        Assert.Equal(same, ids.Select(instance => Id(Measure(Obx("NM", uint.Parse(term, System.Globalization.CultureInfo.InvariantCulture), instance, "2.7", unit)).Single())).Distinct().Count() == 1);
    }

    [Theory]
    [InlineData("YamadaHanako")]
    [InlineData("123")]
    public void A_lead_has_a_number(string instance)
    {
        var upload = Read(Text(Obx("NM", 722624, instance, "50", "Ohm"))).Upload;
        Assert.Empty(upload.Measurements);
        Assert.Equal("segment 4: OBX-4 is no number of a lead", Assert.Single(upload.Refusals).Reason);
    }

    [Theory]
    [InlineData("754753", "aai")]
    [InlineData("754760^MDC_IDC_ENUM_BRADY_MODE_DDD", "ddd")]
    [InlineData("754773", "vvi")]
    [InlineData("754790^MDC_IDC_ENUM_BRADY_MODE_Unknown", null)]
    public void Pacing_modes_have_numbers(string sent, string? code)
    {
        var value = Assert.Single(Assert.Single(Measure(Obx("CWE", 730752, "", sent))).Components).Value;
        Assert.Equal(code is null ? new MeasuredValue.Absent("unknown") : null, value as MeasuredValue.Absent);
        Assert.Equal(code, (value as MeasuredValue.Coded)?.Code);
    }

    [Theory]
    [InlineData("1.|")]
    [InlineData("")]
    public void A_message_sent_again_is_known_by_its_control_id(string later)
    {
        string Sent(string time) => Text(Header.Replace("20261124080000+0900", time, StringComparison.Ordinal), [Obx("NM", 721344, "", "2.79", "V", "")]).Replace(Request, $"OBR|1{later}", StringComparison.Ordinal);
        var (first, again) = (Assert.Single(Read(Sent("20261124080000+0900")).Upload.Measurements), Assert.Single(Read(Sent("20261124090000+0900")).Upload.Measurements));
        Assert.Equal(Id(first), Id(again));
        Assert.NotEqual(Id(first), Id(Assert.Single(Read(Sent("20261124090000+0900").Replace("C-1", "C-2", StringComparison.Ordinal)).Upload.Measurements)));
    }

    [Fact]
    public void Leads_of_several_instances_are_told_apart()
    {
        var measurements = Measure(Obx("NM", 722624, "1", "45", "Ohm"), Obx("NM", 722624, "2", "45", "Ohm"), Obx("CWE", 722752, "2", "CheckLead"));
        Assert.Equal(["lead-1", "lead-2"], measurements.SelectMany(measurement => measurement.Flags));
        Assert.Equal(["implant-lead-hv: lead-impedance-hv=45 Ohm", "implant-lead-hv: lead-impedance-hv=45 Ohm lead-status-hv=check-lead"], measurements.Select(Show));
        Assert.Equal(2, measurements.Select(Id).Distinct().Count());
    }

    // The next report numbers the same episode otherwise, and may tell more of it.
    [Fact]
    public void An_episode_goes_by_its_own_number_and_time()
    {
        string[] Episode(string instance, string number, params string[] more) =>
            [Obx("ST", 739536, instance, number), Obx("DTM", 739552, instance, "20261120021500+0900"), Obx("CWE", 739568, instance, "Epis_VT^VT"), .. more];
        var first = Measure(Episode("1", "1000")).Single();
        var second = Measure([.. Episode("1", "1001"), .. Episode("2", "1000", Obx("NM", 739712, "2", "27", "s"))]);
        Assert.Equal(new DateTime(2026, 11, 20, 2, 15, 0), first.Time!.Wall);
        Assert.Equal([Id(first)], second.Select(Id).Where(id => id == Id(first)));
        Assert.Equal(2, second.Select(Id).Distinct().Count());
    }

    [Fact]
    public void Episodes_without_instances_begin_with_another_number()
    {
        var measurements = Measure(
            Obx("ST", 739536, "", "1000"), Obx("DTM", 739552, "", "20261120021500+0900"), Obx("CWE", 739568, "", "Epis_VT^VT"), Obx("NM", 739712, "", "9", "s"),
            Obx("ST", 739536, "", "1001"), Obx("DTM", 739552, "", "20261121021500+0900"), Obx("CWE", 739568, "", "Epis_VT^VT"), Obx("NM", 739712, "", "9", "s"));
        Assert.Equal(Enumerable.Repeat("implant-episode: episode-type=vt episode-duration=9 s", 2), measurements.Select(Show));
        Assert.Equal([20, 21], measurements.Select(measurement => measurement.Time!.Wall.Day));
    }

    [Fact]
    public void Counters_without_instances_begin_with_what_the_first_began_with() => Assert.Equal(
        [
            "implant-episode-count: episode-count-type=vf episode-count-recent=0 1 episode-count-total=4 1",
            "implant-episode-count: episode-count-type=vt episode-count-recent=0 1 episode-count-total=4 1",
        ],
        Measure(
            Obx("NM", 738000, "", "0"), Obx("NM", 738032, "", "4"), Obx("CWE", 737952, "", "Epis_VF"),
            Obx("NM", 738000, "", "0"), Obx("NM", 738032, "", "4"), Obx("CWE", 737952, "", "Epis_VT")).Select(Show));

    [Fact]
    public void An_episode_is_kept_by_its_number_and_time_alone()
    {
        var episode = Assert.Single(Measure(Obx("ST", 739536, "1", "1000"), Obx("DTM", 739552, "1", "20261120021500+0900"), Obx("CWE", 739568, "1", "Null")));
        Assert.Equal(new Component("episode-type", new MeasuredValue.Absent("unknown")), Assert.Single(episode.Components));
    }

    [Fact]
    public void An_episode_without_a_time_goes_by_its_number_and_one_told_twice_is_one()
    {
        string[] Episode(string observed) => [Obx("ST", 739536, "", "1000", "", observed), Obx("CWE", 739568, "", "Epis_VT", "", observed)];
        var first = Assert.Single(Measure([.. Episode("20261124073000+0900"), .. Episode("20261124073000+0900")]));
        Assert.Equal(Id(first), Id(Assert.Single(Measure(Episode("20261125073000+0900")))));
    }

    [Fact]
    public void An_episode_without_its_time_says_so() =>
        Assert.Equal(["episode-time-unknown"], Measure(Obx("CWE", 739568, "1", "Epis_VT^VT")).Single().Flags);

    [Fact]
    public void Equal_counters_of_one_report_are_counted()
    {
        var measurements = Measure(Obx("CWE", 737952, "1", "Epis_VT"), Obx("NM", 738000, "1", "0"), Obx("CWE", 737952, "2", "Epis_VT"), Obx("NM", 738000, "2", "0"));
        Assert.Equal([0, 1], measurements.Select(measurement => measurement.Occurrence));
        Assert.Equal(2, measurements.Select(Id).Distinct().Count());
    }

    [Fact]
    public void A_pid_and_an_obx_that_name_different_devices_are_no_report() => Assert.Contains(
        "different devices", Assert.Single(Read(Text(Obx("ST", 720899, "", "P-0002"), Obx("NM", 721344, "", "2.79", "V"))).Upload.Refusals).Reason, StringComparison.Ordinal);

    [Fact]
    public void A_document_that_is_no_pdf_is_refused_and_costs_nothing_else()
    {
        var upload = Read(Text("OBX|1|ED|18750-0^Report^LN||^image^png^Base64^AAAA||||||F", Obx("NM", 721344, "", "2.79", "V"))).Upload;
        Assert.Equal("segment 4: the document: the data does not begin with %PDF", Assert.Single(upload.Refusals).Reason);
        Assert.Equal(["x-application/hl7-v2+er7"], upload.Documents.Select(document => document.ContentType));
        Assert.Single(upload.Measurements);
    }

    private static MeasurementId Id(DecodedMeasurement measurement) =>
        MeasurementId.Of(Device.Id, measurement.Kind, measurement.Stable.AsSpan(), measurement.Occurrence);

    private static string Vector(string id) => File.ReadLines(Vectors)
        .Select(line => JsonDocument.Parse(line).RootElement)
        .Single(vector => vector.GetProperty("id").GetString() == id)
        .GetProperty("input_text").GetString()!;
}
