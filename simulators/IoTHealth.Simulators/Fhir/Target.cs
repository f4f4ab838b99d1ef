using Hl7.Fhir.Model;

namespace IoTHealth.Simulators.Fhir;

/// <summary>The resource an interaction is about, once its conditions are resolved.</summary>
/// <param name="Existing">Its latest stored version, or null when it is new.</param>
/// <param name="Writes">False when a conditional create found it there.</param>
internal sealed record Target(Interaction Interaction, string Id, StoredResource? Existing, bool Writes)
{
    public string Type => Interaction.Url.Type;

    public string Address => $"{Type}/{Id}";
}

/// <summary>Resolves the conditions of one transaction's interactions, which see each other.</summary>
internal sealed class TargetResolver(ResourceStore store)
{
    private readonly Dictionary<(string Type, string Condition), string> _created = [];

    public Target Resolve(Interaction interaction)
    {
        if (interaction.Resource.TypeName != interaction.Url.Type)
        {
            throw Wrong(400, interaction, $"A {interaction.Resource.TypeName} was sent to {interaction.Url.Type}.");
        }

        return interaction.IsUpdate ? ResolveUpdate(interaction) : ResolveCreate(interaction);
    }

    private Target ResolveCreate(Interaction interaction) => interaction.IfNoneExist is { } condition
        ? Conditional(interaction, condition.TrimStart('?'), writes: false)
        : new Target(interaction, NewId(), null, true);

    private Target ResolveUpdate(Interaction interaction)
    {
        var (type, id, search) = interaction.Url;
        if (id is null)
        {
            return Conditional(interaction, search ?? throw Wrong(400, interaction, "An update needs an id or a condition."), writes: true);
        }

        return interaction.Resource.Id == id
            ? new Target(interaction, id, store.Find(type, id), true)
            : throw Wrong(400, interaction, $"The resource's id '{interaction.Resource.Id}' is not the address's '{id}'.");
    }

    private Target Conditional(Interaction interaction, string condition, bool writes)
    {
        var type = interaction.Url.Type;
        if (_created.TryGetValue((type, condition), out var sibling))
        {
            return new Target(interaction, sibling, null, false);
        }

        var found = store.Find(type, SearchQuery.ParseCondition(condition));
        if (found.Count > 1)
        {
            throw Wrong(412, interaction, $"{found.Count} resources match '{condition}'.");
        }

        return found.Count == 1
            ? new Target(interaction, found[0].Id, found[0], writes)
            : new Target(interaction, _created[(type, condition)] = NewId(), null, true);
    }

    private static string NewId() => Guid.CreateVersion7().ToString("n");

    private static FhirRefusal Wrong(int status, Interaction interaction, string what) =>
        new(status, new Complaint(status == 412 ? OperationOutcome.IssueType.MultipleMatches : OperationOutcome.IssueType.Invalid, what, interaction.Where));
}
