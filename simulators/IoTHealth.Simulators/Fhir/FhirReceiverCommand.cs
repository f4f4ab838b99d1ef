using System.CommandLine;
using IoTHealth.Simulators.CommandLine;
using IoTHealth.Simulators.Serving;

namespace IoTHealth.Simulators.Fhir;

/// <summary><c>fhir-receiver</c>: the platform's FHIR server.</summary>
internal static class FhirReceiverCommand
{
    private static readonly HttpsOptions Https = new();
    private static readonly Option<DirectoryInfo> Out = Options.Folder("--out", "Folder for fhir.jsonl, which is also the server's memory over restarts.");
    private static readonly Option<int> Latency = Options.Whole("--latency", "Milliseconds every answer waits.", 0, 0, 600_000);
    private static readonly Option<double> Fail = Options.Number("--fail", "Share of writes that fail: 503, 409, or 503 although stored.", 0, 0, 1);
    private static readonly Option<int> Seed = Options.Whole("--seed", "Same seed, same failures.", 1, 0, int.MaxValue);

    public static Command Create(TimeProvider clock)
    {
        var command = new Command("fhir-receiver", "A strict FHIR R4 server (JP Core basics) over HTTPS on 127.0.0.1.") { Out, Latency, Fail, Seed };
        Https.AddTo(command);
        command.SetAction((parsed, stop) => RunAsync(parsed, clock, stop));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, TimeProvider clock, CancellationToken stop)
    {
        using var store = ResourceStore.Open(ReadableFile.Folder(parsed.GetRequiredValue(Out)));
        await using var server = HttpsServer.Create(Https.Read(parsed));
        var receiver = new FhirReceiver(
            store,
            new InjectedFaults(parsed.GetValue(Fail), parsed.GetValue(Seed)),
            TimeSpan.FromMilliseconds(parsed.GetValue(Latency)),
            clock,
            server.Logs.CreateLogger<FhirReceiver>());
        server.Map("/fhir", receiver.HandleAsync);
        await server.RunAsync("fhir", parsed.InvocationConfiguration.Output, stop);
        return ExitCode.Success;
    }
}
