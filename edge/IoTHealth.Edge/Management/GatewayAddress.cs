using System.Text;
using IoTHealth.Edge.Configuration;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace IoTHealth.Edge.Management;

/// <summary>
/// Where the local API of the running gateway is, for the commands of its box: <c>&lt;data&gt;/api.address</c>, written at each start because the
/// configured port may be 0.
/// </summary>
internal static class GatewayAddress
{
    private const string Name = "api.address";

    public static void Keep(WebApplication app, string folder)
    {
        var path = Path.Combine(folder, Name);
        File.Delete(path);
        SecretFile.Create(path, Encoding.ASCII.GetBytes(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()));
    }

    /// <returns>The address to connect to from this box; null where no gateway ever ran on this folder.</returns>
    public static Uri? Find(string folder)
    {
        var path = Path.Combine(folder, Name);
        return File.Exists(path) && Uri.TryCreate(File.ReadAllText(path).Trim(), UriKind.Absolute, out var told) ? new UriBuilder(told) { Host = Near(told) }.Uri : null;
    }

    // 'Everywhere' is no address to connect to.
    private static string Near(Uri told) => told.DnsSafeHost switch { "0.0.0.0" => "127.0.0.1", "::" => "[::1]", _ => told.Host };
}
