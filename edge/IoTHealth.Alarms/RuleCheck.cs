using System.Text.RegularExpressions;
using IoTHealth.Measurements;

namespace IoTHealth.Alarms;

/// <summary>What a schema cannot say of a rule: that the catalogue knows what it names, and that it can hold at all.</summary>
internal static partial class RuleCheck
{
    /// <summary>The field where the first mistake stands and the reason, or null.</summary>
    public static (string Field, string Reason)? Mistake(AlarmRule rule)
    {
        if (!VitalSignCatalogue.Kinds.TryGetValue(rule.Kind, out var kind))
        {
            return ("kind", $"kind '{rule.Kind}' is not in the catalogue");
        }

        if (kind.Required.Concat(kind.Optional).FirstOrDefault(s => s.Code == rule.JudgedSign) is not { } sign)
        {
            return ("sign", $"sign '{rule.JudgedSign}' does not belong to '{rule.Kind}'");
        }

        return (sign.IsCoded ? Codes(rule, sign) : Limits(rule, sign)) ?? Span(rule) ?? Text(rule);
    }

    private static (string Field, string Reason)? Codes(AlarmRule rule, VitalSign sign) =>
        rule.Codes.Count > 0 && rule.Codes.All(sign.Codes.Contains) && rule.Above is null && rule.Below is null
            ? null
            : ("codes", $"sign '{sign.Code}' needs codes of {string.Join(", ", sign.Codes)}, and no limits");

    private static (string Field, string Reason)? Limits(AlarmRule rule, VitalSign sign)
    {
        if (rule.Codes.Count > 0 || (rule.Above is null && rule.Below is null))
        {
            return (rule.Codes.Count > 0 ? "codes" : "key", $"sign '{sign.Code}' needs 'above' or 'below', and no codes");
        }

        return rule.Below > rule.Above ? ("below", "'below' is higher than 'above': every number would call") : null;
    }

    private static (string Field, string Reason)? Text(AlarmRule rule)
    {
        var unknown = new[] { rule.Text.Ja, rule.Text.En }
            .SelectMany(text => Placeholder().Matches(text))
            .Select(match => match.Value)
            .FirstOrDefault(name => name is not ("{place}" or "{value}"));
        return unknown is null ? null : ("text", $"{unknown} is not known; {{place}} and {{value}} are");
    }

    [GeneratedRegex("\\{[^{}]*\\}")]
    private static partial Regex Placeholder();

    private static (string Field, string Reason)? Span(AlarmRule rule) => rule.Between is { } span && span.From == span.To
        ? ("between", "'between' ends when it begins: leave it out for a rule that always holds")
        : null;
}
