using IoTHealth.Cloud.Hub;
using IoTHealth.Cloud.Security;
using IoTHealth.Documents;

namespace IoTHealth.Cloud.Api;

/// <summary>How an operator gives a gateway its signed configuration.</summary>
internal static class ConfigurationRoutes
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPut("/gateways/{id}/configuration", PutAsync);
        api.MapDelete("/gateways/{id}/configuration", ClearAsync);
    }

    /// <summary>200 with what is desired since; 400 not well-formed, 404 no such gateway, 409 the version is taken or nothing can be served.</summary>
    private static async Task<IResult> PutAsync(
        string id, HttpRequest request, ConfigurationStore store, TwinDesk twins, GatewayRegistry registry, GatewayEndpoint endpoint,
        CancellationToken cancellation)
    {
        if (registry.Find(id) is null)
        {
            return GatewayRoutes.Refused(404, "no such gateway is registered");
        }

        if (endpoint.Url is not { } host)
        {
            return GatewayRoutes.Refused(409, "gateways could not fetch it: cloud.yaml has no gatewayApi");
        }

        try
        {
            var body = await BoundedBody.ReadAsync(request, SignedConfiguration.BodyMaximumBytes, cancellation)
                ?? throw new DocumentException($"it is longer than {SignedConfiguration.BodyMaximumBytes} bytes");
            var signed = SignedConfiguration.Read(body, id);
            return await TellAsync(id, await store.PutAsync(id, signed, host, cancellation), twins);
        }
        catch (DocumentException e)
        {
            return GatewayRoutes.Refused(400, e.Message);
        }
        catch (InvalidOperationException e)
        {
            return GatewayRoutes.Refused(409, e.Message);
        }
    }

    private static async Task<IResult> ClearAsync(
        string id, ConfigurationStore store, TwinDesk twins, GatewayRegistry registry, CancellationToken cancellation) =>
        registry.Find(id) is null
            ? GatewayRoutes.Refused(404, "no such gateway is registered")
            : await TellAsync(id, await store.ClearAsync(id, cancellation), twins);

    private static async Task<IResult> TellAsync(string gateway, DesiredChange? change, TwinDesk twins) => change is null
        ? Results.Json(new { changed = false })
        : Results.Json(new { changed = true, desired = change.Value, version = change.Version, told = await twins.TellAsync(gateway, change) });
}
