using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using IoTHealth.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace IoTHealth.Cloud.Tests;

/// <summary>A real HTTPS endpoint that records what it gets and answers as the test says.</summary>
internal sealed class FhirEndpoint : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, bool> _taken = [];

    private FhirEndpoint(TestFolder folder)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(
            System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPemFile(folder.File("fhir.pem"), folder.File("fhir.key")))));
        _app = builder.Build();
        _app.MapPost("/fhir", AnswerAsync);
    }

    /// <summary>Decides the status of a transaction; 200 unless the test says otherwise.</summary>
    public Func<JsonObject, int> Judge { get; set; } = _ => 200;

    /// <summary>Identifiers of the Observations and reports in the order they were first taken.</summary>
    public ConcurrentQueue<string> Observations { get; } = [];

    /// <summary>Observations that were sent again after they were taken.</summary>
    public ConcurrentQueue<string> Repeated { get; } = [];

    /// <summary>Observations put to entered-in-error.</summary>
    public ConcurrentQueue<string> TakenBack { get; } = [];

    public ConcurrentQueue<JsonObject> Transactions { get; } = [];

    public Uri Url => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/fhir");

    public static async Task<FhirEndpoint> StartAsync(TestFolder folder)
    {
        var endpoint = new FhirEndpoint(folder);
        await endpoint._app.StartAsync();
        return endpoint;
    }

    public static IEnumerable<JsonObject> Resources(JsonObject bundle, string type) =>
        bundle["entry"]!.AsArray().Select(entry => entry!["resource"]!.AsObject()).Where(resource => (string?)resource["resourceType"] == type);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IResult> AnswerAsync(HttpRequest request)
    {
        var bundle = (await JsonNode.ParseAsync(request.Body))!.AsObject();
        Transactions.Enqueue(bundle);
        var status = Judge(bundle);
        if (status != 200)
        {
            return Results.Json(new { resourceType = "OperationOutcome", issue = new[] { new { diagnostics = "no good" } } }, statusCode: status);
        }

        foreach (var observation in Resources(bundle, "Observation").Concat(Resources(bundle, "DiagnosticReport")))
        {
            var identifier = (string)observation["identifier"]![0]!["value"]!;
            var told = (string)observation["status"]! == "entered-in-error" ? TakenBack
                : _taken.TryAdd(identifier, true) ? Observations : Repeated;
            told.Enqueue(identifier);
        }

        var entries = bundle["entry"]!.AsArray().Select(_ => new { response = new { status = "201 Created" } });
        return Results.Json(new { resourceType = "Bundle", type = "transaction-response", entry = entries });
    }
}
