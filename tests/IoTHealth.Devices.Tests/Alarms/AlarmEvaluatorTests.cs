using System.Globalization;
using IoTHealth.Alarms;
using IoTHealth.Devices.Tests.Measurements;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Tests.Alarms;

public sealed class AlarmEvaluatorTests
{
    private static readonly TimeZoneInfo Tokyo = TimeZoneInfo.CreateCustomTimeZone("JST", TimeSpan.FromHours(9), "JST", "JST");

    /// <summary>Rule, reading (number with unit, comparator before it; a code; '-' for absent), and whether it calls.</summary>
    [Theory]
    [InlineData("bed-exit", "codes: [exited]", "exited", true)]
    [InlineData("bed-exit", "codes: [exited]", "exiting", false)]
    [InlineData("bed-exit", "codes: [exited, exiting]", "exiting", true)]
    [InlineData("bed-exit", "codes: [exited]", "-", false)]
    [InlineData("heart-rate", "above: 120", "121 /min", true)]
    [InlineData("heart-rate", "above: 120", "120 /min", false)]
    [InlineData("heart-rate", "above: 120", "120.1 bpm", true)]
    [InlineData("heart-rate", "above: 120", "-", false)]
    [InlineData("heart-rate", "above: 120", "121 kg", false)]
    [InlineData("heart-rate", "below: 40", "39 /min", true)]
    [InlineData("heart-rate", "below: 40", "40 /min", false)]
    [InlineData("heart-rate", "below: 40", "-", false)]
    [InlineData("heart-rate", "above: 120\n    below: 40", "80 /min", false)]
    [InlineData("heart-rate", "above: 120\n    below: 40", "39 /min", true)]
    [InlineData("heart-rate", "above: 120\n    below: 40", "121 /min", true)]
    [InlineData("glucose", "above: 250", "13.9 mmol/L", true)]
    [InlineData("glucose", "above: 250", "13.8 mmol/L", false)]
    [InlineData("body-temperature", "above: 37.5", "99.6 [degF]", true)]
    [InlineData("body-temperature", "above: 37.5", "99.5 [degF]", false)]
    [InlineData("body-temperature", "above: 37.5", "99.6 degF", true)]
    [InlineData("glucose", "above: 600", ">600 mg/dL", true)]
    [InlineData("glucose", "above: 601", ">600 mg/dL", false)]
    [InlineData("glucose", "below: 20", "<20 mg/dL", true)]
    [InlineData("glucose", "below: 19", "<20 mg/dL", false)]
    [InlineData("glucose", "above: 10", "<20 mg/dL", false)]
    [InlineData("glucose", "below: 700", ">600 mg/dL", false)]
    public void Readings_call_when_the_rule_holds(string kind, string line, string reading, bool calls) =>
        Assert.Equal(calls, Evaluate(Rules(kind, line), Read(kind, reading)).Any());

    [Fact]
    public void A_sign_of_a_panel_can_be_judged()
    {
        var rules = Rules("blood-pressure", "sign: systolic\n    above: 180");
        Assert.Single(Evaluate(rules, Pressure(181)));
        Assert.Empty(Evaluate(rules, Pressure(180)));
        Assert.Single(Evaluate(rules, Samples.Of("blood-pressure", new Component("systolic", new MeasuredValue.Quantity(24.1m, "kPa")))));
    }

    [Fact]
    public void Other_kinds_and_missing_signs_never_call()
    {
        Assert.Empty(Evaluate(Rules("heart-rate", "above: 1"), Samples.Quantity("respiration-rate", 99, "/min")));
        Assert.Empty(Evaluate(Rules("heart-rate", "above: 1"), Samples.Of("heart-rate")));
        Assert.Empty(Evaluate(Rules("heart-rate", "above: 1"), Samples.Coded("heart-rate", "detected")));
        Assert.Empty(Evaluate(Rules("fall", "codes: [detected]"), Samples.Quantity("fall", 1, "")));
    }

    /// <summary>Local time in Tokyo; the span of the rule; whether it calls.</summary>
    [Theory]
    [InlineData("21:00", "06:30", "21:00:00.000", true)]
    [InlineData("21:00", "06:30", "20:59:59.999", false)]
    [InlineData("21:00", "06:30", "23:59:59.999", true)]
    [InlineData("21:00", "06:30", "00:00:00.000", true)]
    [InlineData("21:00", "06:30", "06:29:59.999", true)]
    [InlineData("21:00", "06:30", "06:30:00.000", false)]
    [InlineData("21:00", "06:30", "12:00:00.000", false)]
    [InlineData("09:00", "17:00", "09:00:00.000", true)]
    [InlineData("09:00", "17:00", "16:59:59.999", true)]
    [InlineData("09:00", "17:00", "17:00:00.000", false)]
    [InlineData("09:00", "17:00", "03:00:00.000", false)]
    [InlineData("00:00", "23:59", "00:00:00.000", true)]
    [InlineData("00:00", "23:59", "23:59:30.000", false)]
    [InlineData("22:00", "00:00", "23:59:59.999", true)]
    [InlineData("22:00", "00:00", "00:00:00.000", false)]
    public void Spans_are_of_the_local_day(string from, string to, string local, bool calls)
    {
        var rules = Rules("fall", $"codes: [detected]\n    between: {{ from: \"{from}\", to: \"{to}\" }}");
        var instant = new DateTimeOffset(new DateTime(2026, 11, 24) + TimeSpan.Parse(local, CultureInfo.InvariantCulture), TimeSpan.FromHours(9));
        Assert.Equal(calls, Evaluate(rules, At(Samples.Coded("fall", "detected"), instant.ToUniversalTime())).Any());
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(300_000, false)]
    [InlineData(300_001, true)]
    [InlineData(-60_000, false)]
    [InlineData(86_400_000, true)]
    public void Late_readings_make_history(int lateMilliseconds, bool history)
    {
        var fall = Samples.Coded("fall", "detected");
        var heard = fall with { Time = fall.Time with { Received = fall.Time.Instant.AddMilliseconds(lateMilliseconds) } };
        Assert.Equal(history, Evaluate(Rules("fall", "codes: [detected]"), heard, heard.Time.Received).Single().History);
    }

    [Fact]
    public void A_delay_after_receipt_is_ours_and_makes_no_history()
    {
        var fall = Samples.Coded("fall", "detected");
        var heard = fall with { Time = fall.Time with { Received = fall.Time.Instant } };
        Assert.False(Evaluate(Rules("fall", "codes: [detected]"), heard, heard.Time.Received.AddHours(8)).Single().History);
    }

    [Theory]
    [InlineData(50, "101: left the bed")]
    [InlineData(70, "101: left the bed (03:04)")]
    public void A_call_for_what_happened_a_while_ago_says_when(int seconds, string text)
    {
        var exit = Samples.Coded("bed-exit", "exited");
        var instant = new DateTimeOffset(2026, 11, 24, 3, 4, 5, TimeSpan.Zero);
        var heard = exit with { Time = exit.Time with { Instant = instant, Received = instant.AddSeconds(seconds) } };
        var rules = RuleBook.Parse("rules: [{ key: b, kind: bed-exit, codes: [exited], severity: high, text: { ja: x, en: '{place}: left the bed' } }]", "rules");
        Assert.Equal(text, new AlarmEvaluator(rules, TimeZoneInfo.Utc).Evaluate(heard, "101", heard.Time.Received).Single().Alarm.TextEn);
    }

    [Fact]
    public void An_unknown_place_holder_is_a_mistake() => Assert.Contains(
        "{plaec} is not known",
        Assert.Throws<IoTHealth.Documents.DocumentException>(() => RuleBook.Parse(
            "rules: [{ key: b, kind: bed-exit, codes: [exited], severity: high, text: { ja: x, en: '{plaec}' } }]", "rules")).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData(10, false)]
    [InlineData(0, true)]
    public void A_slow_clock_is_not_lateness(int behindMinutes, bool history)
    {
        var fall = Samples.Coded("fall", "detected");
        var heard = fall with { Time = fall.Time with { Received = fall.Time.Instant.AddMinutes(10) } };
        var evaluator = new AlarmEvaluator(Rules("fall", "codes: [detected]"), TimeZoneInfo.Utc);
        var (alarm, _) = evaluator.Evaluate(heard, "101", heard.Time.Received, TimeSpan.FromMinutes(behindMinutes)).Single();
        Assert.Equal(history, alarm.History);
    }

    [Theory]
    [InlineData("{place}: {value}", "heart-rate", "130.0 /min", "101 A: 130.0 /min")]
    [InlineData("{place}{place}", "heart-rate", "130 /min", "101 A101 A")]
    [InlineData("{value}", "glucose", ">600 mg/dL", ">600 mg/dL")]
    [InlineData("[{value}] other", "fall", "detected", "[] other")]
    public void Texts_are_filled(string text, string kind, string reading, string expected)
    {
        var line = kind == "fall" ? "codes: [detected]" : "above: 120";
        var alarm = Evaluate(Rules(kind, line, text), Read(kind, reading)).Single();
        Assert.Equal((expected, expected), (alarm.TextJa, alarm.TextEn));
    }

    [Fact]
    public void A_place_is_not_a_template() => Assert.Equal(
        "{value}", new AlarmEvaluator(Rules("heart-rate", "above: 1", "{place}"), Tokyo)
            .Evaluate(Samples.Quantity("heart-rate", 2, "/min"), "{value}", Samples.Instant).Single().Alarm.TextEn);

    [Fact]
    public void The_id_is_made_of_rule_device_and_trigger()
    {
        var rules = Rules("fall", "codes: [detected]");
        var fall = Samples.Coded("fall", "detected");
        var first = Evaluate(rules, fall).Single();
        Assert.Equal(MeasurementId.Of("alarm", "one", fall.Device.Key, fall.Id.ToString()), first.Id);
        Assert.Equal("a309e31efe19479c5b10bca7c01a37cd", first.Id.ToString());
        Assert.Equal(first.Id, Evaluate(rules, At(fall, fall.Time.Instant.AddSeconds(-3)), fall.Time.Instant.AddDays(1)).Single().Id);
        Assert.Equal(first.Id, Evaluate(rules, fall with { Device = new DeviceId(fall.Device.Value.ToUpperInvariant()) }).Single().Id);
        Assert.NotEqual(first.Id, Evaluate(rules, fall with { Id = MeasurementId.Of("other") }).Single().Id);
    }

    [Fact]
    public void The_alarm_tells_what_when_and_where()
    {
        var fall = Samples.Coded("fall", "detected");
        var alarm = Evaluate(Rules("fall", "codes: [detected]"), fall, fall.Time.Instant.AddSeconds(2)).Single();
        Assert.Equal(
            ("one", fall.Device, fall.Id, fall.Time.Instant, fall.Time.Instant.AddSeconds(2), "high", "101 A"),
            (alarm.Rule, alarm.Device, alarm.Trigger, alarm.Instant, alarm.Raised, alarm.Severity, alarm.Place));
    }

    [Fact]
    public void Every_rule_of_a_kind_is_asked()
    {
        var rules = RuleBook.Parse(string.Join('\n', "rules:", Rule("high", "heart-rate", "above: 100"), Rule("very-high", "heart-rate", "above: 130")), "r");
        Assert.Equal(["high"], Evaluate(rules, Samples.Quantity("heart-rate", 101, "/min")).Select(alarm => alarm.Rule));
        Assert.Equal(["high", "very-high"], Evaluate(rules, Samples.Quantity("heart-rate", 131, "/min")).Select(alarm => alarm.Rule));
    }

    private static IEnumerable<Alarm> Evaluate(RuleBook rules, Measurement measurement, DateTimeOffset? now = null) =>
        new AlarmEvaluator(rules, Tokyo).Evaluate(measurement, "101 A", now ?? measurement.Time.Instant).Select(pair => pair.Alarm);

    private static RuleBook Rules(string kind, string line, string text = "x") => RuleBook.Parse($"rules:\n{Rule("one", kind, line, text)}", "r");

    private static string Rule(string key, string kind, string line, string text = "x") =>
        $"  - key: {key}\n    kind: {kind}\n    {line}\n    severity: high\n    text: {{ ja: \"{text}\", en: \"{text}\" }}";

    private static Measurement Pressure(decimal systolic) =>
        Samples.Of("blood-pressure", new Component("systolic", new MeasuredValue.Quantity(systolic, "mm[Hg]")));

    private static Measurement At(Measurement measurement, DateTimeOffset instant) =>
        measurement with { Time = measurement.Time with { Instant = instant } };

    private static Measurement Read(string kind, string reading)
    {
        if (reading == "-")
        {
            return Samples.Absent(kind);
        }

        if (VitalSignCatalogue.Signs[kind].IsCoded)
        {
            return Samples.Coded(kind, reading);
        }

        var comparator = reading[0] is '<' or '>' ? reading[..1] : "";
        var parts = reading[comparator.Length..].Split(' ');
        return Samples.Quantity(kind, decimal.Parse(parts[0], CultureInfo.InvariantCulture), parts[1], comparator);
    }
}
