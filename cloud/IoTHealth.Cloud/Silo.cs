using System.Net;
using System.Net.Sockets;
using Orleans.Configuration;

namespace IoTHealth.Cloud;

/// <summary>The Orleans silo: alone, on the loopback address, on ports the system chooses.</summary>
internal static class Silo
{
    public static void Configure(ISiloBuilder silo)
    {
        var port = FreePort();
        silo.UseLocalhostClustering(port, gatewayPort: 0, new IPEndPoint(IPAddress.Loopback, port));
        silo.Configure<EndpointOptions>(endpoints =>
        {
            endpoints.AdvertisedIPAddress = IPAddress.Loopback;
            endpoints.SiloPort = port;
            endpoints.GatewayPort = 0;
            endpoints.SiloListeningEndpoint = new IPEndPoint(IPAddress.Loopback, port);
        });
        silo.Configure<ClusterMembershipOptions>(membership => membership.DefunctSiloCleanupPeriod = null);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
