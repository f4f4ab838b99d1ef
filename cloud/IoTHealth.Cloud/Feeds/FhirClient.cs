using System.Net.Http.Headers;
using Hl7.Fhir.Model;
using IoTHealth.Records;

namespace IoTHealth.Cloud.Feeds;

/// <summary>A transaction as it goes out.</summary>
public sealed record FhirTransaction(byte[] Json, int Entries)
{
    public static FhirTransaction Of(Bundle bundle) => new(RecordBundle.Serialize(bundle), bundle.Entry.Count);
}

/// <summary>Posts transactions to the record system's base address.</summary>
public sealed class FhirClient(HttpClient http, Uri address)
{
    private const int AnswerMaximumBytes = 4 * 1024 * 1024;

    /// <summary>Never throws for what the network or the server does; only for cancellation.</summary>
    public async Task<FhirAnswer> PostAsync(FhirTransaction transaction, CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(transaction.Json);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/fhir+json", "utf-8");
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
            request.Headers.Accept.ParseAdd("application/fhir+json");
            using var response = await http.SendAsync(request, cancellation);
            return FhirAnswer.Of(response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellation), transaction.Entries);
        }
        catch (Exception e) when (IsPassing(e) && !cancellation.IsCancellationRequested)
        {
            return new FhirAnswer.Later(e.InnerException?.Message ?? e.Message);
        }
    }

    /// <summary>The client that trusts the given authority for this server and nothing else.</summary>
    public static HttpClient Trusting(string authorityFile) => new(TrustedAuthority.Handler(authorityFile))
    {
        Timeout = TimeSpan.FromSeconds(30),
        MaxResponseContentBufferSize = AnswerMaximumBytes,
    };

    private static bool IsPassing(Exception e) => e is HttpRequestException or IOException or OperationCanceledException;
}
