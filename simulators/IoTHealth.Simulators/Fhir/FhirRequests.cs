using Hl7.Fhir.Model;
using Task = System.Threading.Tasks.Task;

namespace IoTHealth.Simulators.Fhir;

/// <summary>The REST interface below <c>/fhir</c>.</summary>
internal sealed class FhirRequests(ResourceStore store, TimeProvider clock)
{
    private readonly Transaction _transaction = new(store, clock);

    /// <summary>Does what the request asks.</summary>
    /// <returns>How to answer it.</returns>
    /// <exception cref="FhirRefusal">It cannot be done.</exception>
    public async Task<Func<HttpResponse, Task>> DoAsync(HttpRequest request, CancellationToken stop)
    {
        var path = request.Path.Value!.Trim('/');
        return (request.Method, path) switch
        {
            ("GET", "metadata") => Answer(200, Capabilities.Statement(clock.GetUtcNow())),
            ("GET", _) => Get(request, path),
            ("POST", "") => await BundleAsync(request, stop),
            ("POST" or "PUT", _) => await WriteAsync(request, path, stop),
            _ => throw FhirRefusal.Of(405, OperationOutcome.IssueType.NotSupported, $"{request.Method} is not supported here."),
        };
    }

    private static Func<HttpResponse, Task> Answer(int status, Resource resource) => response => FhirAnswers.WriteAsync(response, status, resource);

    private Func<HttpResponse, Task> Get(HttpRequest request, string path)
    {
        var url = RestUrl.Parse(path);
        if (url.Id is null)
        {
            return Search(request, url.Type);
        }

        var found = store.Find(url.Type, url.Id) ?? throw FhirRefusal.Of(404, OperationOutcome.IssueType.NotFound, $"There is no {path}.");
        return response =>
        {
            response.Headers.ETag = $"W/\"{found.Version}\"";
            return FhirAnswers.WriteAsync(response, 200, store.Read(found));
        };
    }

    private Func<HttpResponse, Task> Search(HttpRequest request, string type)
    {
        var query = SearchQuery.Parse(request.QueryString.Value);
        var found = Sorted(store.Find(type, query), query.Sort);
        var (root, self) = ($"https://{request.Host}/fhir", $"https://{request.Host}/fhir/{type}{request.QueryString}");
        var page = found.Skip(query.Skip).Take(query.Count).Select(r => ($"{type}/{r.Id}", store.Read(r)));
        var next = query.Count > 0 && query.Skip + query.Count < found.Count ? NextPage(request, root, type, query) : null;
        return response => FhirAnswers.WriteAsync(response, 200, FhirAnswers.SearchSet(root, self, found.Count, next, page));
    }

    private static string NextPage(HttpRequest request, string root, string type, SearchQuery query)
    {
        var others = request.Query.Where(p => p.Key != "_skip").Append(new("_skip", $"{query.Skip + query.Count}"));
        return $"{root}/{type}{QueryString.Create(others)}";
    }

    private static List<StoredResource> Sorted(IReadOnlyList<StoredResource> found, string sort)
    {
        var sorted = sort.TrimStart('-') switch
        {
            "date" => found.OrderBy(r => r.Index.Date, StringComparer.Ordinal),
            "_id" => found.OrderBy(r => r.Id, StringComparer.Ordinal),
            _ => found.OrderBy(r => r.Order),
        };
        return [.. sort.StartsWith('-') ? sorted.Reverse() : sorted];
    }

    private async Task<Func<HttpResponse, Task>> WriteAsync(HttpRequest request, string path, CancellationToken stop)
    {
        var url = RestUrl.Parse(path) with { Search = request.QueryString.Value?.TrimStart('?') is { Length: > 0 } search ? search : null };
        var resource = await ReadAsync(request, stop);
        var condition = request.Headers["If-None-Exist"].FirstOrDefault();
        var interaction = new Interaction(request.Method == "PUT", url, condition, resource, null, resource.TypeName);
        var outcome = (await _transaction.DoAsync([interaction], stop))[0];
        return response =>
        {
            response.Headers.Location = $"https://{request.Host}/fhir/{outcome.Location}";
            response.Headers.ETag = outcome.ETag;
            return FhirAnswers.WriteAsync(response, outcome.Status, store.Read(store.Find(outcome.Type, outcome.Id)!));
        };
    }

    private async Task<Func<HttpResponse, Task>> BundleAsync(HttpRequest request, CancellationToken stop)
    {
        var bundle = await ReadAsync(request, stop) as Bundle;
        return bundle?.Type switch
        {
            Bundle.BundleType.Transaction => Answer(200, await TransactAsync(bundle, stop)),
            Bundle.BundleType.Batch => Answer(200, await BatchAsync(bundle, stop)),
            _ => throw FhirRefusal.Of(400, OperationOutcome.IssueType.Invalid, "The base takes a Bundle of type transaction or batch."),
        };
    }

    private async Task<Bundle> TransactAsync(Bundle bundle, CancellationToken stop)
    {
        var outcomes = await _transaction.DoAsync([.. bundle.Entry.Select(Interaction.Of)], stop);
        return new Bundle { Type = Bundle.BundleType.TransactionResponse, Entry = [.. outcomes.Select(FhirAnswers.Entry)] };
    }

    private async Task<Bundle> BatchAsync(Bundle bundle, CancellationToken stop)
    {
        var answer = new Bundle { Type = Bundle.BundleType.BatchResponse };
        for (var n = 0; n < bundle.Entry.Count; n++)
        {
            try
            {
                answer.Entry.Add(FhirAnswers.Entry((await _transaction.DoAsync([Interaction.Of(bundle.Entry[n], n)], stop))[0]));
            }
            catch (FhirRefusal refusal)
            {
                answer.Entry.Add(FhirAnswers.Entry(refusal));
            }
        }

        return answer;
    }

    private static async Task<Resource> ReadAsync(HttpRequest request, CancellationToken stop) =>
        request.ContentType?.Split(';')[0] is FhirJson.ContentType or "application/json"
            ? await FhirJson.ReadAsync(request.Body, stop)
            : throw FhirRefusal.Of(415, OperationOutcome.IssueType.NotSupported, $"Content type '{request.ContentType}' is not {FhirJson.ContentType}.");
}
