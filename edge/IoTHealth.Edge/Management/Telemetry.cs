using System.Diagnostics.Metrics;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Management.Api;
using IoTHealth.Edge.Management.Metrics;
using IoTHealth.Edge.Management.Tracing;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace IoTHealth.Edge.Management;

/// <summary>Metrics at <c>/metrics</c> for Prometheus, and traces by OTLP where the configuration names a collector.</summary>
public static class Telemetry
{
    public static void Add(IServiceCollection services, EdgeConfiguration configuration)
    {
        services.AddSingleton<GatewayMetrics>();
        services.AddSingleton<GatewayGauges>();
        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.Clear().AddService("iothealth-edge", serviceInstanceId: configuration.Gateway))
            .WithMetrics(metrics => metrics.AddMeter(GatewayMetrics.MeterName).AddPrometheusExporter(options => options.ScopeInfoEnabled = false));

        // Another gateway of the same process counts for itself.
        services.ConfigureOpenTelemetryMeterProvider((provider, metrics) => metrics.AddView(instrument =>
            instrument.Meter.Scope == provider.GetRequiredService<IMeterFactory>() ? null : MetricStreamConfiguration.Drop));
        if (configuration.Telemetry is { } settings)
        {
            telemetry.WithTracing(traces => traces.AddSource(GatewayTrace.SourceName).AddOtlpExporter(otlp =>
            {
                otlp.Endpoint = new Uri(settings.Otlp, "/v1/traces");
                otlp.Protocol = OtlpExportProtocol.HttpProtobuf;
            }));
        }
    }

    public static void Map(WebApplication app, IEndpointRouteBuilder api)
    {
        app.Services.GetRequiredService<GatewayGauges>().Register();
        api.MapPrometheusScrapingEndpoint("/metrics").ForStaff();
    }
}
