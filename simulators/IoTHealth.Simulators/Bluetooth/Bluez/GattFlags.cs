using IoTHealth.Simulators.Bluetooth.Gatt;

namespace IoTHealth.Simulators.Bluetooth.Bluez;

/// <summary>A characteristic's flags in BlueZ's words.</summary>
internal static class GattFlags
{
    private static readonly (GattAccess Access, string Plain, string Encrypted)[] Words =
    [
        (GattAccess.Read, "read", "encrypt-read"),
        (GattAccess.Write, "write", "encrypt-write"),
        (GattAccess.Notify, "notify", "encrypt-notify"),
        (GattAccess.Indicate, "indicate", "encrypt-indicate"),
    ];

    public static string[] Of(GattAccess access) => [.. Words.Where(word => access.HasFlag(word.Access)).Select(word => word.Plain)];

    /// <summary>The same for an application that BlueZ serves: it asks centrals to pair first. The plain word tells the property, the other the permission.</summary>
    public static string[] Encrypted(GattAccess access) =>
        [.. Of(access), .. Words.Where(word => access.HasFlag(word.Access)).Select(word => word.Encrypted)];
}
