using IoTHealth.Alarms;
using IoTHealth.Devices;
using IoTHealth.Edge.Alarming;
using IoTHealth.Edge.Assignments;
using IoTHealth.Edge.Broker;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Influx;
using IoTHealth.Edge.Intake;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Lines;
using IoTHealth.Edge.Live;
using IoTHealth.Edge.Management;
using IoTHealth.Edge.Management.Api;
using IoTHealth.Edge.Management.Metrics;
using IoTHealth.Edge.Pairing;
using IoTHealth.Edge.Radios;
using IoTHealth.Edge.Registry;
using IoTHealth.Edge.Reports;
using IoTHealth.Edge.Uplink;
using IoTHealth.Links.Clock;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace IoTHealth.Edge;

/// <summary>Puts the gateway together. Nothing is optional by accident: what is not configured is logged as such.</summary>
public static partial class EdgeHost
{
    /// <summary>Builds the gateway; the journal is open once it returns.</summary>
    /// <param name="configuration">The box's own file; a signed document that is kept is in force in its place.</param>
    /// <param name="adjust">Lets tests replace parts, for example with a transport that loses an entry.</param>
    /// <exception cref="Exception">Something cannot be used; the message says what. Nothing falls back.</exception>
    public static WebApplication Build(EdgeConfiguration configuration, Action<IServiceCollection>? adjust = null)
    {
        (configuration, var status) = SignedConfiguration.InForce(configuration);

        // Files that might configure the host are not watched: the journal's own writes would wake the watcher, a quarter of all work.
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
        });
        builder.Logging.ClearProviders().AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
        });
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(console =>
        {
            console.LogToStandardErrorThreshold = LogLevel.Trace;

            // A reader of the log that hangs must not hang a call.
            console.QueueFullMode = Microsoft.Extensions.Logging.Console.ConsoleLoggerQueueFullMode.DropWrite;
        });
        builder.Logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(ApiDoor.Of(configuration.Api).Open);
        builder.Services.AddSingleton(status);
        AddParts(builder.Services, configuration);
        adjust?.Invoke(builder.Services);

        var app = builder.Build();
        LocalApi.Map(app);
        _ = app.Services.GetRequiredService<SqliteJournal>();
        _ = app.Services.GetRequiredService<ApiToken>();
        SayWhatIsMissing(configuration, app.Logger);
        if (status.Trouble is { } trouble)
        {
            LogTrouble(app.Logger, trouble);
        }

        return app;
    }

    /// <summary>The line that tells a supervisor that the gateway serves.</summary>
    public static string ReadyLine(WebApplication app)
    {
        var api = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var mqtt = app.Services.GetRequiredService<MqttBroker>().EndPoint;
        var mllp = app.Services.GetService<MllpListener>() is { } listener ? $" mllp={listener.EndPoint}" : "";
        return $"READY mqtt={mqtt} api={new Uri(api).Authority}{mllp}";
    }

    private static void AddParts(IServiceCollection services, EdgeConfiguration configuration)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(configuration);
        services.AddSingleton(_ => DriverCatalog.Load());
        services.AddSingleton<DeviceRegistry>();
        services.AddSingleton(configuration.JournalOptions);
        services.AddSingleton(provider => SqliteJournal.Open(
            provider.GetRequiredService<JournalOptions>() with { Log = provider.GetRequiredService<ILogger<SqliteJournal>>(), Committed = provider.GetRequiredService<GatewayMetrics>().Committed }, configuration.Gateway, provider.GetRequiredService<TimeProvider>(),
            CallTables.Create, AssignmentTable.Create, PairingTable.Create, Acknowledged.Create, ClockLog.Create, ReplayQueue.Create));
        services.AddSingleton<IJournal>(provider => provider.GetRequiredService<SqliteJournal>());
        services.AddSingleton(provider => new GatewayClock(
            provider.GetRequiredService<TimeProvider>(), KernelClock.IsSynchronised,
            LastReceipt.In(provider.GetRequiredService<SqliteJournal>(), provider.GetRequiredService<ClockLog>().Book),
            provider.GetRequiredService<DeviceRegistry>().FacilityZone));
        services.AddSingleton<ClockLog>();
        services.AddHostedService<ClockWatch>();
        services.AddSingleton<RefusalLog>();
        services.AddSingleton<MeasurementIntake>();
        services.AddSingleton<IMeasurementSink>(provider => provider.GetRequiredService<MeasurementIntake>());
        services.AddSingleton<QuarantineRetry>();
        services.AddSingleton<AlarmDesk>();
        services.AddSingleton<PasswordGate>();
        services.AddSingleton<AssignmentDesk>();
        services.AddSingleton<PairingList>();
        services.AddHostedService(provider => provider.GetRequiredService<PairingList>());
        services.AddSingleton<BrokerIngress>();
        services.AddSingleton<MqttBroker>();
        AddReconfiguration(services);
        services.AddSingleton(_ => new ApiToken(configuration.Data));
        services.AddSingleton(provider => new AuditLog(configuration.Data, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new SignIn(
            provider.GetRequiredService<ApiToken>(), configuration.Api, provider.GetRequiredService<AuditLog>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<LiveView>();
        services.AddHostedService(provider => provider.GetRequiredService<LiveView>());
        AddAlarms(services, configuration);
        AddInflux(services, configuration);
        AddUplink(services, configuration);
        services.AddSingleton(provider => new Readers(
            provider.GetRequiredService<IJournal>(), provider.GetService<AlarmMonitor>(), provider.GetService<InfluxBuffer>(),
            provider.GetService<CloudUplink>(), provider.GetRequiredService<LiveView>()));

        services.AddSingleton(provider => new Health(
            provider.GetRequiredService<SqliteJournal>(), provider.GetService<AlarmMonitor>(), provider.GetRequiredService<CallChannels>(),
            isCalling: () => provider.GetRequiredService<RunningConfiguration>().Current.Alarms is not null, provider.GetRequiredService<ConfigurationStatus>()));

        Telemetry.Add(services, configuration);
        services.AddSingleton<SerialLines>();
        services.AddHostedService(provider => provider.GetRequiredService<SerialLines>());
        services.AddSingleton<BluetoothDevices>();
        services.AddHostedService(provider => provider.GetRequiredService<BluetoothDevices>());

        AddReports(services, configuration);

        // Last: devices are let in once everything behind them runs.
        services.AddHostedService(provider => provider.GetRequiredService<MqttBroker>());
    }

    private static void AddAlarms(IServiceCollection services, EdgeConfiguration configuration)
    {
        services.AddSingleton(_ => new AlarmRules(configuration));
        services.AddSingleton(provider => new CallChannels(now => Channels(now, provider), configuration));
        services.AddSingleton(provider => new AlarmMonitor(
            provider.GetRequiredService<IJournal>(), provider.GetRequiredService<AlarmRules>(), provider.GetRequiredService<DeviceRegistry>(),
            () => provider.GetRequiredService<CallChannels>().Current, provider.GetRequiredService<ClockLog>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<AlarmMonitor>>(), provider.GetRequiredService<UnstoredCalls>()));
        services.AddSingleton<UnstoredCalls>();
        services.AddSingleton(provider => new UnstoredAlarms(
            provider.GetRequiredService<SqliteJournal>(), provider.GetRequiredService<AlarmMonitor>(), provider.GetRequiredService<UnstoredCalls>(),
            () => provider.GetRequiredService<CallChannels>().Current, provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<UnstoredAlarms>>()));
        services.AddHostedService(provider => provider.GetRequiredService<CallChannels>());
        services.AddHostedService(provider => provider.GetRequiredService<UnstoredAlarms>());
        services.AddHostedService(provider => provider.GetRequiredService<AlarmMonitor>());
    }

    private static Dictionary<object, Func<CallChannel>> Channels(EdgeConfiguration configuration, IServiceProvider provider)
    {
        var channels = new Dictionary<object, Func<CallChannel>>();
        if (configuration is { Alarms: not null, Stations.Count: > 0 })
        {
            channels.Add(nameof(configuration.Stations), () => ActivatorUtilities.CreateInstance<BrokerChannel>(provider));
        }

        foreach (var webhook in configuration.Alarms?.Webhooks.Distinct() ?? [])
        {
            channels.Add(webhook, () => ActivatorUtilities.CreateInstance<WebhookChannel>(provider, webhook));
        }

        return channels;
    }

    // In this order: who goes is cut off first, and whoever calls is there before the rules that make them call.
    private static void AddReconfiguration(IServiceCollection services)
    {
        services.AddSingleton<IReconfigurable>(provider => provider.GetRequiredService<MqttBroker>());
        services.AddSingleton<IReconfigurable>(provider => provider.GetRequiredService<SerialLines>());
        services.AddSingleton<IReconfigurable>(provider => provider.GetRequiredService<BluetoothDevices>());
        services.AddSingleton<IReconfigurable>(provider => provider.GetRequiredService<CallChannels>());
        services.AddSingleton<IReconfigurable>(provider => provider.GetRequiredService<AlarmRules>());
        services.AddSingleton<RunningConfiguration>();
        services.AddSingleton(provider => new ConfigurationStore(provider.GetRequiredService<EdgeConfiguration>().Data));
        services.AddSingleton<IDocumentSource, HttpsDocuments>();
        services.AddSingleton<IDesiredSection, DesiredConfiguration>();
        services.AddHostedService<LocalFileWatch>();
    }

    private static void AddReports(IServiceCollection services, EdgeConfiguration configuration)
    {
        if (configuration.Mllp is not { } mllp)
        {
            return;
        }

        services.AddSingleton(MllpDoor.Of(mllp));
        services.AddSingleton<ReportDesk>();
        services.AddSingleton<MllpListener>();
        services.AddHostedService(provider => provider.GetRequiredService<MllpListener>());
    }

    private static void AddInflux(IServiceCollection services, EdgeConfiguration configuration)
    {
        if (configuration.Influx is not { } influx)
        {
            return;
        }

        services.AddSingleton(_ => new InfluxWriter(influx));
        services.AddSingleton<InfluxBuffer>();
        services.AddHostedService(provider => provider.GetRequiredService<InfluxBuffer>());
    }

    private static void AddUplink(IServiceCollection services, EdgeConfiguration configuration)
    {
        if (configuration.Uplink is not { } uplink)
        {
            return;
        }

        services.AddSingleton(provider => new HubTransport(configuration.Gateway, uplink, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IUplinkTransport>(provider => provider.GetRequiredService<HubTransport>());
        services.AddSingleton(provider => provider.GetRequiredService<HubTransport>().Session);
        services.AddSingleton(uplink);
        services.AddSingleton<Acknowledged>();
        services.AddSingleton<ICloudCommand, ResendCommand>();
        services.AddSingleton(provider => new RangeReplay(
            provider.GetRequiredService<IJournal>(), provider.GetRequiredService<ClockLog>(), provider.GetRequiredService<DeviceRegistry>(),
            runs => provider.GetRequiredService<Acknowledged>().TakeBackAsync(runs, []),
            configuration.Influx is { } influx ? new InfluxHistory(influx, provider.GetRequiredService<InfluxWriter>(), configuration.Gateway) : null));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ReplayQueue>(provider, provider.GetRequiredService<RangeReplay>()));
        services.AddSingleton<ICloudCommand>(provider => provider.GetRequiredService<ReplayQueue>());
        services.AddHostedService(provider => provider.GetRequiredService<ReplayQueue>());
        services.AddSingleton<CloudDesk>();
        if (uplink is { Renewal: not null, Certificate: not null })
        {
            services.AddHostedService(provider => ActivatorUtilities.CreateInstance<CertificateRenewal>(provider, configuration.Gateway, uplink));
        }

        services.AddSingleton<CloudUplink>();
        services.AddHostedService(provider => provider.GetRequiredService<CloudUplink>());
    }

    private static void SayWhatIsMissing(EdgeConfiguration configuration, ILogger logger)
    {
        if (configuration.Influx is null)
        {
            LogWithout(logger, "InfluxDB", "local history stays in the journal");
        }

        if (configuration.Uplink is null)
        {
            LogWithout(logger, "cloud", "readings stay on this box");
        }

        if (configuration.Alarms is null)
        {
            LogWithout(logger, "alarm rules", "nobody will be called");
        }
    }

    [LoggerMessage(LogLevel.Error, "{Trouble}")]
    private static partial void LogTrouble(ILogger logger, string trouble);

    [LoggerMessage(LogLevel.Warning, "Not configured: {Part}; {Consequence}")]
    private static partial void LogWithout(ILogger logger, string part, string consequence);
}
