using System.Net.Sockets;

namespace IoTHealth.Links.DBus;

/// <summary>
/// Where a bus listens: <c>unix:path=/run/dbus/system_bus_socket</c> or <c>unix:abstract=…</c>; of several, divided by
/// semicolons, the first of these. D-Bus Specification, "Server Addresses".
/// </summary>
public static class BusAddress
{
    /// <exception cref="FormatException">It names no such socket.</exception>
    public static UnixDomainSocketEndPoint Parse(string address) =>
        address.Split(';').Select(EndPoint).FirstOrDefault(found => found is not null)
        ?? throw new FormatException($"'{address}' is no bus address like unix:path=/run/dbus/system_bus_socket");

    private static UnixDomainSocketEndPoint? EndPoint(string address)
    {
        if (!address.StartsWith("unix:", StringComparison.Ordinal))
        {
            return null;
        }

        foreach (var setting in address["unix:".Length..].Split(','))
        {
            var (key, value) = setting.IndexOf('=') is >= 0 and var at ? (setting[..at], Uri.UnescapeDataString(setting[(at + 1)..])) : (setting, "");
            if (key is "path" or "abstract" && value.Length is > 0 and < 107)
            {
                return new UnixDomainSocketEndPoint(key == "path" ? value : '\0' + value);
            }
        }

        return null;
    }
}
