using System.Globalization;
using Hl7.Fhir.Model;

namespace IoTHealth.Simulators.Fhir;

/// <summary>Does interactions together: all or none.</summary>
internal sealed class Transaction(ResourceStore store, TimeProvider clock)
{
    /// <summary>Resolves, checks and stores all interactions in one write.</summary>
    /// <exception cref="FhirRefusal">One of them cannot be done, so none was.</exception>
    public async Task<IReadOnlyList<Outcome>> DoAsync(IReadOnlyList<Interaction> interactions, CancellationToken stop)
    {
        NationalRules.Check(interactions);
        using var only = await store.EnterAsync(stop);
        var resolver = new TargetResolver(store);
        var targets = interactions.Select(resolver.Resolve).ToArray();
        ResolveReferences(targets);
        var at = clock.GetUtcNow();
        var (outcomes, versions) = (new List<Outcome>(), new List<NewVersion>());
        foreach (var target in targets)
        {
            outcomes.Add(target.Writes ? Write(target, at, versions) : Found(target, at));
        }

        store.Append(versions);
        return outcomes;
    }

    private void ResolveReferences(Target[] targets)
    {
        var writing = targets.Where(target => target.Writes).ToArray();
        var created = writing.Select(target => target.Address).ToHashSet(StringComparer.Ordinal);
        if (created.Count < writing.Length)
        {
            throw FhirRefusal.Of(400, OperationOutcome.IssueType.Duplicate, "Two entries write the same resource.");
        }

        var references = new LocalReferences(store, AddressByFullUrl(targets), created);
        Array.ForEach(writing, references.Resolve);
    }

    private static Dictionary<string, string> AddressByFullUrl(Target[] targets)
    {
        var addresses = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var target in targets)
        {
            if (target.Interaction.FullUrl is { } name && !addresses.TryAdd(name, target.Address))
            {
                throw FhirRefusal.Of(400, OperationOutcome.IssueType.Duplicate, $"Two entries have the fullUrl '{name}'.");
            }
        }

        return addresses;
    }

    private static Outcome Found(Target target, DateTimeOffset at) =>
        new(200, target.Type, target.Id, target.Existing?.Version ?? 1, target.Existing?.LastUpdated ?? Text(at));

    private Outcome Write(Target target, DateTimeOffset at, List<NewVersion> versions)
    {
        if (target.Existing is { } existing && IsUnchanged(target, existing))
        {
            return Found(target, at);
        }

        var version = (target.Existing?.Version ?? 0) + 1;
        versions.Add(new NewVersion(target.Type, target.Id, version, Text(at), Stamped(target, version, at)));
        return new Outcome(version == 1 ? 201 : 200, target.Type, target.Id, version, Text(at));
    }

    // Repeating an update is no new version, as national servers have it.
    private bool IsUnchanged(Target target, StoredResource existing) =>
        Stamped(target, existing.Version, DateTimeOffset.Parse(existing.LastUpdated, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal))
            .AsSpan().SequenceEqual(store.Read(existing));

    private static byte[] Stamped(Target target, int version, DateTimeOffset at)
    {
        var resource = target.Interaction.Resource;
        resource.Id = target.Id;
        resource.Meta ??= new Meta();
        resource.Meta.VersionId = version.ToString(CultureInfo.InvariantCulture);
        resource.Meta.LastUpdated = DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());
        return FhirJson.Write(resource);
    }

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
