using System.CommandLine;
using IoTHealth.Simulators.CommandLine;
using IoTHealth.Simulators.Lines;
using IoTHealth.Simulators.Serving;

namespace IoTHealth.Simulators.Webhook;

/// <summary><c>webhook-receiver</c>: the nurse-call system that alarms are posted to.</summary>
internal static class WebhookReceiverCommand
{
    private static readonly HttpsOptions Https = new();
    private static readonly Option<DirectoryInfo> Out = Options.Folder("--out", "Folder for webhook.jsonl.");
    private static readonly Option<double> Fail = Options.Number("--fail", "Share of calls that fail with 503, some of them although stored.", 0, 0, 1);
    private static readonly Option<int> Seed = Options.Whole("--seed", "Same seed, same failures.", 1, 0, int.MaxValue);

    public static Command Create(TimeProvider clock)
    {
        var command = new Command("webhook-receiver", "A nurse-call webhook over HTTPS on 127.0.0.1; answers 204.") { Out, Fail, Seed };
        Https.AddTo(command);
        command.SetAction((parsed, stop) => RunAsync(parsed, clock, stop));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, TimeProvider clock, CancellationToken stop)
    {
        using var file = LineFile.Open(Path.Combine(ReadableFile.Folder(parsed.GetRequiredValue(Out)), "webhook.jsonl"));
        await using var server = HttpsServer.Create(Https.Read(parsed));
        var receiver = new WebhookReceiver(file, new InjectedFaults(parsed.GetValue(Fail), parsed.GetValue(Seed)), clock);
        server.Map("", receiver.HandleAsync);
        await server.RunAsync("webhook", parsed.InvocationConfiguration.Output, stop);
        return ExitCode.Success;
    }
}
