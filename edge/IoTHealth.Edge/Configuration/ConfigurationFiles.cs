using System.Security.Cryptography;
using IoTHealth.Alarms;
using IoTHealth.Devices;
using IoTHealth.Documents;
using IoTHealth.Edge.Radios;
using IoTHealth.Edge.Registry;

namespace IoTHealth.Edge.Configuration;

/// <summary>Everything that a configuration names, looked at by the means that would use it.</summary>
internal static class ConfigurationFiles
{
    /// <returns>Its devices and stations, ready for use.</returns>
    /// <exception cref="DocumentException">Something cannot be used; the message says where the document names it, and why.</exception>
    public static RegistrySnapshot Checked(EdgeConfiguration configuration, DriverCatalog catalog)
    {
        var snapshot = new RegistryReader(configuration, catalog).Read();
        for (var index = 0; index < configuration.Devices.Count; index++)
        {
            if (snapshot.Devices[configuration.Devices[index].Key] is GattDevice gatt)
            {
                Look(configuration, $"/devices/{index}/radio/passkeyFile", () => BluetoothDevices.AddressOf(gatt));
            }
        }

        if (configuration.Alarms is { } alarms)
        {
            LookAtRules(configuration, alarms);
            for (var index = 0; index < alarms.Webhooks.Count; index++)
            {
                if (alarms.Webhooks[index].Ca is { } ca)
                {
                    Look(configuration, $"/alarms/webhooks/{index}/ca", () => TrustedHttp.Policy(ca));
                }
            }
        }

        return snapshot;
    }

    // Of rules within the document the section's line is told: they were parsed apart from it.
    private static void LookAtRules(EdgeConfiguration configuration, AlarmSettings alarms)
    {
        try
        {
            RuleBook.Parse(alarms.RulesText, alarms.Rules);
        }
        catch (DocumentException e) when (alarms.Book.Count > 0)
        {
            throw configuration.Mistake("/alarms/book", e.Message);
        }
    }

    private static void Look(EdgeConfiguration configuration, string pointer, Action look)
    {
        try
        {
            look();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw configuration.Mistake(pointer, e.Message);
        }
    }
}
