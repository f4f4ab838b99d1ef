using Hl7.Fhir.Model;

namespace IoTHealth.Simulators.Fhir;

/// <summary>Resolves the references of a resource: names given within a transaction become addresses, and nothing may point nowhere.</summary>
internal sealed class LocalReferences(ResourceStore store, IReadOnlyDictionary<string, string> addressByFullUrl, IReadOnlySet<string> created)
{
    public void Resolve(Target target)
    {
        foreach (var reference in Within(target.Interaction.Resource))
        {
            reference.Reference = Resolve(target.Interaction, reference.Reference!);
        }
    }

    private string Resolve(Interaction interaction, string text)
    {
        if (addressByFullUrl.TryGetValue(text, out var address))
        {
            return address;
        }

        return text.StartsWith('#') || text.StartsWith("http", StringComparison.Ordinal) || Exists(interaction, text)
            ? text
            : throw new FhirRefusal(422, new Complaint(OperationOutcome.IssueType.NotFound, $"The reference '{text}' leads nowhere.", interaction.Where));
    }

    private bool Exists(Interaction interaction, string text)
    {
        if (text.StartsWith("urn:", StringComparison.Ordinal))
        {
            return false;
        }

        if (created.Contains(text))
        {
            return true;
        }

        var url = RestUrl.Parse(text);
        return url.Id is { } id
            ? store.Find(url.Type, id) is not null
            : throw new FhirRefusal(412, new Complaint(OperationOutcome.IssueType.NotSupported, $"The conditional reference '{text}' is not supported.", interaction.Where));
    }

    private static IEnumerable<ResourceReference> Within(Base parent)
    {
        foreach (var (_, value) in parent.EnumerateElements())
        {
            IEnumerable<Base> children = value switch { Base one => [one], IEnumerable<Base> many => many, _ => [] };
            foreach (var child in children)
            {
                if (child is ResourceReference { Reference: not null } reference)
                {
                    yield return reference;
                }

                foreach (var deeper in child is PrimitiveType ? [] : Within(child))
                {
                    yield return deeper;
                }
            }
        }
    }
}
