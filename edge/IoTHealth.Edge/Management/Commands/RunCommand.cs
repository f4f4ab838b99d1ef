using System.CommandLine;
using IoTHealth.Edge.Configuration;

namespace IoTHealth.Edge.Management.Commands;

/// <summary><c>run</c>: the gateway itself.</summary>
internal static class RunCommand
{
    /// <param name="adjust">Lets tests replace parts of the gateway.</param>
    public static Command Create(Action<IServiceCollection>? adjust)
    {
        var config = Invocation.ConfigOption();
        var command = Invocation.Command("run", "Runs the gateway until SIGTERM or Ctrl-C; prints READY once it serves.", "run --config edge.yaml");
        command.Options.Add(config);
        command.SetAction((result, cancellation) => Invocation.TryAsync(() => RunAsync(EdgeConfiguration.Load(result.GetValue(config)!), adjust, cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(EdgeConfiguration configuration, Action<IServiceCollection>? adjust, CancellationToken cancellation)
    {
        await using var app = EdgeHost.Build(configuration, adjust);
        await app.StartAsync(cancellation);
        GatewayAddress.Keep(app, configuration.Data);
        Console.WriteLine(EdgeHost.ReadyLine(app));
        await app.WaitForShutdownAsync(cancellation);
        return app.Services.GetServices<IHostedService>().OfType<BackgroundService>().Any(service => service.ExecuteTask is { IsFaulted: true })
            ? Invocation.Failed
            : Invocation.Succeeded;
    }
}
