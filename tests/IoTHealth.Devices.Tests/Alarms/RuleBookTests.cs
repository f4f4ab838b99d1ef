using IoTHealth.Alarms;
using IoTHealth.Documents;
using IoTHealth.Testing;

namespace IoTHealth.Devices.Tests.Alarms;

public sealed class RuleBookTests
{
    [Fact]
    public void A_rule_binds()
    {
        var rule = RuleBook.Parse(
            """
            rules:
              - key: bed-exit-at-night
                kind: bed-exit
                codes: [exited]
                between: { from: "21:00", to: "06:30" }
                severity: high
                latenessSeconds: 60
                repeatSeconds: 30
                text: { ja: "{place} 離床しました", en: "{place}: left the bed" }
            """, "rules.yaml").Rules.Single();
        Assert.Equal(("bed-exit-at-night", "bed-exit", "high", 60, 30), (rule.Key, rule.Kind, rule.Severity, rule.LatenessSeconds, rule.RepeatSeconds));
        Assert.Equal(new DailySpan(new TimeOnly(21, 0), new TimeOnly(6, 30)), rule.Between);
        Assert.Equal(new RuleText("{place} 離床しました", "{place}: left the bed"), rule.Text);
        Assert.Equal(["exited"], rule.Codes);
    }

    [Fact]
    public void What_is_left_out_has_the_documented_value()
    {
        var rule = RuleBook.Parse(Rule("codes: [detected]"), "r").Rules.Single();
        Assert.Equal((300, 60, null), (rule.LatenessSeconds, rule.RepeatSeconds, rule.Between));
    }

    /// <summary>One rule of kind fall on line 2; a line of its own is line 6.</summary>
    [Theory]
    [InlineData("codes: [detected]\n    key: x", "7:5", "uplicate key")]
    [InlineData("kinds: fall", "6:5", "unknown key 'kinds'")]
    [InlineData("codes: detected", "6:5", "'codes' must be a list")]
    [InlineData("codes: []", "6:5", "needs codes of detected")]
    [InlineData("above: 3", "2:5", "needs codes of detected")]
    [InlineData("codes: [detected]\n    above: 3", "6:5", "no limits")]
    [InlineData("codes: [detectd]", "6:5", "needs codes of detected")]
    [InlineData("sign: heart-rate", "6:5", "does not belong to 'fall'")]
    [InlineData("codes: [detected]\n    latenessSeconds: 0", "7:5", "at least 1")]
    [InlineData("codes: [detected]\n    repeatSeconds: 4", "7:5", "at least 5")]
    [InlineData("codes: [detected]\n    between: { from: \"21:00\", to: \"24:00\" }", "7:31", "'to' must match")]
    [InlineData("codes: [detected]\n    between: { from: 21:00, to: 6:30 }", "7:29", "'to' must match")]
    [InlineData("codes: [detected]\n    between: { from: \"21:00\" }", "7:5", "'to' is missing")]
    [InlineData("codes: [detected]\n    between: { from: \"21:00\", to: \"21:00\" }", "7:5", "ends when it begins")]
    public void Mistakes_are_told_with_their_line(string line, string position, string reason) => AssertRefused(Rule(line), position, reason);

    [Theory]
    [InlineData("key: a\n    kind: blood-pressre\n    above: 1", "3:5", "not in the catalogue")]
    [InlineData("key: a\n    kind: blood-pressure\n    above: 140", "2:5", "sign 'blood-pressure' does not belong")]
    [InlineData("key: a\n    kind: heart-rate", "2:5", "needs 'above' or 'below'")]
    [InlineData("key: a\n    kind: heart-rate\n    codes: [x]\n    above: 1", "4:5", "no codes")]
    [InlineData("key: a\n    kind: heart-rate\n    above: 50\n    below: 120", "5:5", "every number")]
    [InlineData("key: a\n    kind: heart-rate\n    above: high", "4:5", "'above' must be a number")]
    [InlineData("key: A\n    kind: heart-rate\n    above: 1", "2:5", "'key' must match")]
    public void Mistakes_of_limits_are_told_with_their_line(string lines, string position, string reason) =>
        AssertRefused($"rules:\n  - {lines}\n    severity: high\n    text: {{ ja: あ, en: a }}", position, reason);

    [Fact]
    public void A_key_is_used_once()
    {
        var rule = Rule("codes: [detected]");
        AssertRefused(rule + rule["rules:\n".Length..], "7:5", "another rule 'one'");
    }

    [Theory]
    [InlineData("urgent", "5:5", "one of low, medium, high")]
    public void Severities_are_three(string severity, string position, string reason) =>
        AssertRefused(
            $"rules:\n  - key: a\n    kind: fall\n    codes: [detected]\n    severity: {severity}\n    text: {{ ja: あ, en: a }}", position, reason);

    [Fact]
    public void A_file_without_rules_is_a_mistake_and_an_empty_list_is_none()
    {
        AssertRefused("{}", "1:1", "'rules' is missing");
        Assert.Empty(RuleBook.Parse("rules: []", "r").Rules);
    }

    [Fact]
    public void A_file_is_named()
    {
        using var folder = new TestFolder();
        File.WriteAllText(folder.File("rules.yaml"), Rule("codes: []"));
        var e = Assert.Throws<DocumentException>(() => RuleBook.Load(folder.File("rules.yaml")));
        Assert.StartsWith(folder.File("rules.yaml") + ":6:5: rule 'one': ", e.Message, StringComparison.Ordinal);
    }

    private static void AssertRefused(string text, string position, string reason)
    {
        var e = Assert.Throws<DocumentException>(() => RuleBook.Parse(text, "rules.yaml"));
        Assert.StartsWith($"rules.yaml:{position}: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(reason, e.Message, StringComparison.Ordinal);
    }

    private static string Rule(string line) =>
        $"rules:\n  - key: one\n    kind: fall\n    severity: high\n    text: {{ ja: あ, en: a }}\n    {line}\n";
}
