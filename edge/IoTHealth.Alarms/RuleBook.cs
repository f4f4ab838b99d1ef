using IoTHealth.Documents;

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

    /// <summary>No rules: nobody is called.</summary>
    public static RuleBook None { get; } = new([]);

    public IReadOnlyList<AlarmRule> Rules { get; }

    /// <exception cref="DocumentException">The file cannot be read, breaks its schema, or names what the catalogue does not know.</exception>
    public static RuleBook Load(string path) => Check(Document.LoadLocated<RuleFile>(path, Schema));

    /// <exception cref="DocumentException">As for <see cref="Load"/>.</exception>
    public static RuleBook Parse(string text, string name) =>
        Check(Document.ParseLocated<RuleFile>(text, name, Schema));

    public IEnumerable<AlarmRule> For(string kind) => _byKind[kind];

    private static RuleBook Check(LocatedDocument<RuleFile> file)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, rule) in file.Value.Rules.Index())
        {
            if (!keys.Add(rule.Key))
            {
                throw file.Mistake($"/rules/{index}/key", $"there is another rule '{rule.Key}'");
            }

            if (RuleCheck.Mistake(rule) is { } mistake)
            {
                throw file.Mistake($"/rules/{index}/{mistake.Field}", $"rule '{rule.Key}': {mistake.Reason}");
            }
        }

        return new RuleBook(file.Value.Rules);
    }

    private sealed record RuleFile(IReadOnlyList<AlarmRule> Rules);
}
