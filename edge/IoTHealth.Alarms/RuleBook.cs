using IoTHealth.Documents;
using IoTHealth.Measurements;

namespace IoTHealth.Alarms;

/// <summary>The rules of one rule file, by the kind of act they look at.</summary>
public sealed class RuleBook
{
    private static readonly DocumentSchema Schema = DocumentSchema.FromResource(typeof(RuleBook).Assembly, "rules.schema.json");

    private readonly ILookup<string, AlarmRule> _byKind;

    private RuleBook(IReadOnlyList<AlarmRule> rules)
    {
        Rules = rules;
        _byKind = rules.ToLookup(rule => rule.Kind, StringComparer.Ordinal);
    }

    public IReadOnlyList<AlarmRule> Rules { get; }

    /// <exception cref="DocumentException">The file cannot be read, breaks its schema, or names what the catalogue does not know.</exception>
    public static RuleBook Load(string path) => Check(Document.Load<RuleFile>(path, Schema), path);

    /// <exception cref="DocumentException">As for <see cref="Load"/>.</exception>
    public static RuleBook Parse(string text, string name) => Check(Document.Parse<RuleFile>(text, name, Schema), name);

    public IEnumerable<AlarmRule> For(string kind) => _byKind[kind];

    private static RuleBook Check(RuleFile file, string name)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var rule in file.Rules)
        {
            if (Mistake(rule, keys) is { } mistake)
            {
                throw new DocumentException($"{name}: rule '{rule.Key}': {mistake}");
            }
        }

        return new RuleBook(file.Rules);
    }

    private static string? Mistake(AlarmRule rule, HashSet<string> keys)
    {
        if (!keys.Add(rule.Key))
        {
            return "there is another rule with this key";
        }

        if (!VitalSignCatalogue.Kinds.TryGetValue(rule.Kind, out var kind))
        {
            return $"kind '{rule.Kind}' is not in the catalogue";
        }

        var sign = kind.Required.Concat(kind.Optional).FirstOrDefault(s => s.Code == (rule.Sign ?? rule.Kind));
        if (sign is null)
        {
            return $"sign '{rule.Sign ?? rule.Kind}' does not belong to '{rule.Kind}'";
        }

        if (sign.IsCoded)
        {
            return rule.Codes.Count > 0 && rule.Codes.All(sign.Codes.Contains) && rule.Above is null && rule.Below is null
                ? null
                : $"sign '{sign.Code}' needs codes of {string.Join(", ", sign.Codes)}, and no limits";
        }

        return rule.Codes.Count == 0 && (rule.Above is not null || rule.Below is not null)
            ? null
            : $"sign '{sign.Code}' needs 'above' or 'below', and no codes";
    }

    private sealed record RuleFile(IReadOnlyList<AlarmRule> Rules);
}
