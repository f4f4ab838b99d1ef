using System.CommandLine;
using IoTHealth.Devices;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Registry;

namespace IoTHealth.Edge.Management;

/// <summary>The gateway's command line. Exit codes: 0 success, 1 a failed check, 2 bad usage or configuration.</summary>
public static class EdgeCommands
{
    private const int Failed = 1;
    private const int BadConfiguration = 2;

    /// <param name="adjust">Lets tests replace parts of the gateway that <c>run</c> starts.</param>
    public static RootCommand Root(Action<IServiceCollection>? adjust = null)
    {
        var root = new RootCommand("IoTHealth edge gateway: reads care robots and medical devices, raises alarms, forwards to the cloud.");
        root.Subcommands.Add(Run(adjust));
        root.Subcommands.Add(Check());
        root.Subcommands.Add(Devices());
        root.Subcommands.Add(HashPassword());
        return root;
    }

    /// <summary>Runs a command line; bad usage is exit code 2.</summary>
    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        var given = root.Parse(args);
        if (given.Errors.Count == 0)
        {
            return await given.InvokeAsync();
        }

        foreach (var error in given.Errors)
        {
            await Console.Error.WriteLineAsync(error.Message);
        }

        await Console.Error.WriteLineAsync("See --help.");
        return BadConfiguration;
    }

    private static Option<string> ConfigOption() => new("--config", "-c") { Description = "The configuration document (YAML or JSON).", DefaultValueFactory = _ => "edge.yaml" };

    private static Command Run(Action<IServiceCollection>? adjust)
    {
        var config = ConfigOption();
        var command = new Command("run", "Runs the gateway until SIGTERM or Ctrl-C.") { config };
        command.SetAction(async (result, cancellation) =>
        {
            try
            {
                await using var app = EdgeHost.Build(EdgeConfiguration.Load(result.GetValue(config)!), adjust);
                await app.StartAsync(cancellation);
                Console.WriteLine(EdgeHost.ReadyLine(app));
                await app.WaitForShutdownAsync(cancellation);
                return app.Services.GetServices<IHostedService>().OfType<BackgroundService>().Any(service => service.ExecuteTask is { IsFaulted: true })
                    ? Failed
                    : 0;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                return Complain(e);
            }
        });
        return command;
    }

    private static Command Check()
    {
        var config = ConfigOption();
        var command = new Command("check", "Reads the configuration, rules, keys and certificates and says what is wrong.") { config };
        command.SetAction(result => Try(() =>
        {
            Console.WriteLine(ConfigurationCheck.Describe(EdgeConfiguration.Load(result.GetValue(config)!)));
        }));
        return command;
    }

    private static Command Devices()
    {
        var config = ConfigOption();
        var list = new Command("list", "Lists the registered devices with their drivers and guarantee classes.") { config };
        list.SetAction(result => Try(() =>
        {
            var registry = new DeviceRegistry(EdgeConfiguration.Load(result.GetValue(config)!), DriverCatalog.Load());
            Console.WriteLine(Row("device", "place", "driver", "guarantee", "identity"));
            foreach (var device in registry.Devices.OrderBy(d => d.Context.Key, StringComparer.Ordinal))
            {
                Console.WriteLine(Row(device.Context.Key, device.Context.Place, device.Context.Driver, device.Guarantee.Word(), device.Context.Id.Value));
            }

            static string Row(string key, string place, string driver, string guarantee, string identity) =>
                $"{key,-20} {place,-24} {driver,-24} {guarantee,-14} {identity}";
        }));
        return new Command("devices", "What is known of devices.") { list };
    }

    private static Command HashPassword()
    {
        var command = new Command("hash-password", "Reads a password from standard input and prints the hash for the configuration.");
        command.SetAction(_ => Try(() =>
        {
            var password = Console.In.ReadLine();
            if (string.IsNullOrEmpty(password))
            {
                throw new IOException("no password came on standard input");
            }

            Console.WriteLine(PasswordHash.Create(password));
        }));
        return command;
    }

    private static int Try(Action action)
    {
        try
        {
            action();
            return 0;
        }
        catch (Exception e)
        {
            return Complain(e);
        }
    }

    private static int Complain(Exception e)
    {
        Console.Error.WriteLine(e.Message);
        return e is Documents.DocumentException or IOException or ArgumentException ? BadConfiguration : Failed;
    }
}
