using IoTHealth.Devices;
using IoTHealth.Edge.Intake;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Management;
using IoTHealth.Edge.Uplink;
using IoTHealth.FaultyEdge;
using Microsoft.Extensions.DependencyInjection;

// The product's own gateway with one planted fault, named by IOTHEALTH_FAULT: the control that proofs of no loss must fail on.
var fault = Environment.GetEnvironmentVariable("IOTHEALTH_FAULT");
Action<IServiceCollection>? plant = fault switch
{
    "drop-one-entry" => services =>
    {
        var real = services.Last(service => service.ServiceType == typeof(IUplinkTransport)).ImplementationFactory!;
        services.AddSingleton<IUplinkTransport>(provider => new ForgetfulTransport((IUplinkTransport)real(provider)));
    },
    "drop-one-reading" => services =>
        services.AddSingleton<IMeasurementSink>(provider => new ForgetfulIntake(provider.GetRequiredService<MeasurementIntake>())),
    "slow-commit-10ms" => services => Journal(services, real => real with { BeforeCommit = SlowDisk.Wait10Milliseconds }),
    "no-fsync" => services => Journal(services, real => real with { OnOpened = writer => JournalTables.Execute(writer, "pragma synchronous=off") }),
    null or "" => null,
    _ => throw new ArgumentException($"IOTHEALTH_FAULT={fault}: known are drop-one-entry, drop-one-reading, slow-commit-10ms, no-fsync"),
};

return await EdgeCommands.RunAsync(EdgeCommands.Root(plant), args);

static void Journal(IServiceCollection services, Func<JournalOptions, JournalOptions> change) =>
    services.AddSingleton(change((JournalOptions)services.Last(service => service.ServiceType == typeof(JournalOptions)).ImplementationInstance!));
