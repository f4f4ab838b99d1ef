using System.Globalization;

namespace IoTHealth.Demo.Facilities;

/// <summary>cloud.yaml.</summary>
internal static class CloudDocument
{
    public static string Of(Ports ports) => string.Create(CultureInfo.InvariantCulture, $"""
        data: cloud-data
        hub:
          address: 127.0.0.1
          port: {ports.Hub}
          hostName: hub.iothealth.local
          certificate: cloud.pem
          key: cloud.key
          gateways:
            - id: {Facility.Gateway}
              keyFile: {Facility.Gateway}.key
        api:
          address: 127.0.0.1
          port: {ports.CloudApi}
        residents: residents.yaml
        records:
          url: https://127.0.0.1:{ports.Fhir}/fhir
          ca: ca.pem

        """);
}
