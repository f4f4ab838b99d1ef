using IoTHealth.Cloud.Api;
using IoTHealth.Cloud.Feeds;
using IoTHealth.Cloud.Hub;
using IoTHealth.Cloud.Ledger;
using IoTHealth.Cloud.Log;
using IoTHealth.Cloud.Patients;
using IoTHealth.Cloud.Security;

namespace IoTHealth.Cloud;

/// <summary>What the program is made of.</summary>
internal static class CloudServices
{
    public static void AddCloud(this IServiceCollection services, CloudSettings settings)
    {
        services.AddSingleton(settings);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<CommitSignal>();
        services.AddSingleton<IMeasurementLog>(_ => SqliteMeasurementLog.Open(Path.Combine(settings.Data, "log.db")));
        services.AddSingleton(_ => SqliteFile.Open(
            Path.Combine(settings.Data, "cloud.db"), FeedStore.Schema + AttributionStore.Schema + LatestStore.Schema + TwinStore.Schema + ConfigurationStore.Schema + LedgerStore.Schema));
        AddHub(services, settings.Hub);
        AddPatients(services, settings);
        AddFeeds(services, settings);
    }

    private static void AddHub(IServiceCollection services, HubSettings hub)
    {
        services.AddSingleton<TwinStore>();
        services.AddSingleton<TwinDesk>();
        services.AddSingleton<HubLine>();
        services.AddSingleton<IHubLine>(provider => provider.GetRequiredService<HubLine>());
        services.AddSingleton<GatewayMethods>();
        services.AddSingleton<TelemetryIntake>();
        services.AddSingleton(_ => new GatewayRegistry(hub.ReadGateways()));
        services.AddSingleton(provider => new ClientCertificates(hub.ReadClientAuthorities(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<HubDoor>(
            provider, (IReadOnlyList<string>)[.. new[] { hub.HostName, hub.GatewayHostName }.OfType<string>()]));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ResendLoop>(provider, TimeSpan.FromSeconds(hub.ResendAfterSeconds)));
        services.AddSingleton<HubIngress>();
        services.AddSingleton<GatewaysWatch>();
        services.AddSingleton<ConfigurationStore>();
        services.AddSingleton<GatewayEndpoint>();
        if (hub.ReadIssuer() is { } authority)
        {
            services.AddSingleton(provider => ActivatorUtilities.CreateInstance<CertificateIssuer>(
                provider, authority, TimeSpan.FromDays(hub.CertificateDays)));
        }
        services.AddSingleton<HubService>();
    }

    private static void AddPatients(IServiceCollection services, CloudSettings settings)
    {
        services.AddSingleton<ResidentDirectory>();
        services.AddSingleton<FileAssignments>();
        services.AddSingleton<LatestStore>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<ResidentsWatch>(provider, settings.Residents));
    }

    private static void AddFeeds(IServiceCollection services, CloudSettings settings)
    {
        services.AddSingleton<FeedStore>();
        services.AddSingleton<ReaderRewind>();
        services.AddSingleton<LedgerStore>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<LedgerReader>(provider, TimeZoneInfo.FindSystemTimeZoneById(settings.TimeZone)));
        services.AddSingleton<AttributionStore>();
        if (settings.Records is { } records)
        {
            services.AddSingleton(_ => new FhirClient(FhirClient.Trusting(records.Ca), records.Url));
            services.AddSingleton<BundleDelivery>();
            AddFeed<RecordFeed>(services);
        }

        AddFeed<LatestFeed>(services);
    }

    private static void AddFeed<T>(IServiceCollection services)
        where T : class, IFeed
    {
        services.AddSingleton<T>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<FeedReader>(provider, provider.GetRequiredService<T>()));
    }
}
