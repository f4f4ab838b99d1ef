using IoTHealth.Alarms;
using IoTHealth.Edge.Configuration;

namespace IoTHealth.Edge.Alarming;

/// <summary>The rules in force, swapped whole when the configuration changes. Calls that are open stay open.</summary>
public sealed class AlarmRules : IReconfigurable
{
    private volatile State _now;

    /// <exception cref="Documents.DocumentException">The rule file cannot be used.</exception>
    public AlarmRules(EdgeConfiguration configuration) => _now = Read(configuration);

    public AlarmRules(RuleBook book, TimeZoneInfo zone) => _now = new State("", "", new AlarmEvaluator(book, zone));

    public AlarmEvaluator Evaluator => _now.Evaluator;

    public Task ApplyAsync(EdgeConfiguration now)
    {
        if ((now.Alarms?.RulesText ?? "", now.TimeZone) != (_now.Text, _now.Zone))
        {
            _now = Read(now);
        }

        return Task.CompletedTask;
    }

    private static State Read(EdgeConfiguration configuration)
    {
        var rules = configuration.Alarms is { } alarms ? RuleBook.Parse(alarms.RulesText, alarms.Rules) : RuleBook.None;
        return new State(
            configuration.Alarms?.RulesText ?? "", configuration.TimeZone, new AlarmEvaluator(rules, TimeZoneInfo.FindSystemTimeZoneById(configuration.TimeZone)));
    }

    private sealed record State(string Text, string Zone, AlarmEvaluator Evaluator);
}
