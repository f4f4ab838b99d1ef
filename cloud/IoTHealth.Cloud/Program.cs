using System.CommandLine;
using IoTHealth.Cloud;
using IoTHealth.Cloud.Security;
using IoTHealth.Documents;

const int Mistaken = 2;

var config = new Option<string>("--config") { Description = "The configuration file, cloud.yaml", Required = true };

var run = new Command("run", "Serve gateways, feeds and the API until SIGTERM or Ctrl-C") { config };
run.SetAction((parsed, cancellation) => GuardedAsync(async () =>
{
    await using var host = await CloudHost.StartAsync(CloudSettings.Load(parsed.GetValue(config)!), cancellation);
    await Console.Out.WriteLineAsync($"READY hub={host.Hub} api={host.Api}{(host.GatewayApi is { } door ? $" gateways={door}" : "")}");
    await host.WaitForShutdownAsync();
}));

var check = new Command("check", "Check the configuration and every file it names") { config };
check.SetAction((parsed, _) => GuardedAsync(async () =>
{
    CloudSettings.Load(parsed.GetValue(config)!);
    await Console.Out.WriteLineAsync("ok");
}));

var parsed = new RootCommand("IoTHealth's cloud: hub, log, feeds and API") { run, check, ConfigurationSigning.Command(GuardedAsync) }.Parse(args);
var outcome = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
return parsed.Errors.Count > 0 ? Mistaken : outcome;

static async Task<int> GuardedAsync(Func<Task> work)
{
    try
    {
        await work();
        return 0;
    }
    catch (Exception e) when (e is DocumentException or StartException)
    {
        await Console.Error.WriteLineAsync(e.Message);
        return Mistaken;
    }
    catch (Exception e)
    {
        await Console.Error.WriteLineAsync($"cannot run: {e.Message}");
        return 1;
    }
}
