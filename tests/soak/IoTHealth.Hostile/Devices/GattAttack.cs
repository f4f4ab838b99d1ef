using IoTHealth.Devices;

namespace IoTHealth.Hostile.Devices;

/// <summary>Values of Bluetooth peripherals that no honest device would send.</summary>
public static class GattAttack
{
    /// <param name="cases">Values for each driver.</param>
    public static async Task<HostileReport> RunAsync(int cases, int seed, CancellationToken stop)
    {
        var reports = new List<HostileReport>();
        foreach (var driver in DriverCatalog.Load().Gatt.Values)
        {
            var random = new Random(seed);
            reports.Add(await DriverAttack.RunAsync(
                driver.Name, cases, (sink, ended) => driver.RunAsync(new HostilePeripheral(random), DriverAttack.Context(driver.Name), sink, ended), stop));
        }

        return DriverAttack.Together(reports);
    }
}
