using System.Globalization;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.WebUtilities;

namespace IoTHealth.Simulators.Fhir;

/// <summary>A search as asked for. Unknown parameters are refused: a sender's typing error must not find everything.</summary>
internal sealed class SearchQuery
{
    private const int StandardCount = 100;
    private const int MostPerPage = 1000;
    private readonly List<Func<StoredResource, bool>> _tests = [];

    /// <summary>The one identifier asked for with its system, or null.</summary>
    public string? Identifier { get; private set; }

    public int Count { get; private set; } = StandardCount;

    public int Skip { get; private set; }

    public string Sort { get; private set; } = "_lastUpdated";

    public static SearchQuery Parse(string? search)
    {
        var query = new SearchQuery();
        foreach (var (name, values) in QueryHelpers.ParseQuery(search))
        {
            foreach (var value in values)
            {
                query.Add(name, value ?? "");
            }
        }

        return query;
    }

    /// <summary>Parses a search that must single out one resource.</summary>
    public static SearchQuery ParseCondition(string search) =>
        Parse(search) is { Identifier: not null } query
            ? query
            : throw FhirRefusal.Of(412, OperationOutcome.IssueType.MultipleMatches, $"The condition '{search}' must name identifier=system|value.");

    public bool Matches(StoredResource resource) => _tests.TrueForAll(test => test(resource));

    private void Add(string name, string value)
    {
        switch (name)
        {
            case "identifier":
                var identifiers = SearchToken.ParseAll(value);
                Identifier = identifiers is [var only] ? only.Exact : null;
                _tests.Add(r => r.Index.Identifiers.Any(token => identifiers.Any(wanted => wanted.IsIn(token))));
                break;
            case "code":
                var codes = SearchToken.ParseAll(value);
                _tests.Add(r => r.Index.Codes.Any(token => codes.Any(wanted => wanted.IsIn(token))));
                break;
            case "_id":
                _tests.Add(r => r.Id == value);
                break;
            case "subject" or "patient":
                _tests.Add(r => IsReference(r.Index.Subject, "Patient", value));
                break;
            case "device":
                _tests.Add(r => IsReference(r.Index.Device, "Device", value));
                break;
            case "_count":
                Count = Math.Min(Whole(name, value), MostPerPage);
                break;
            case "_skip":
                Skip = Whole(name, value);
                break;
            case "_sort" when value.TrimStart('-') is "date" or "_lastUpdated" or "_id":
                Sort = value;
                break;
            default:
                throw FhirRefusal.Of(400, OperationOutcome.IssueType.NotSupported, $"This server does not search by {name}={value}.");
        }
    }

    private static int Whole(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw FhirRefusal.Of(400, OperationOutcome.IssueType.Value, $"{name}={value} is no number.");

    private static bool IsReference(string? reference, string type, string wanted) =>
        reference is not null && (reference == wanted || reference == $"{type}/{wanted}");
}
