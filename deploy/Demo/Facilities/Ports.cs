using IoTHealth.Testing;

namespace IoTHealth.Demo.Facilities;

/// <summary>Where everything listens on 127.0.0.1.</summary>
public sealed record Ports(int Mqtt, int EdgeApi, int Hub, int CloudApi, int Fhir, int Webhook, int Influx, int Mllp)
{
    public static Ports Choose() => new(
        FreePort.Take(), FreePort.Take(), FreePort.Take(), FreePort.Take(), FreePort.Take(), FreePort.Take(), FreePort.Take(), FreePort.Take());
}
