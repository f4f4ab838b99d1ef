using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using IoTHealth.Devices;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Management.Checks;
using IoTHealth.Edge.Registry;

namespace IoTHealth.Edge.Management.Commands;

/// <summary><c>ledger</c>: what became of every reading. Exit code 1 where it does not add up.</summary>
internal static class LedgerCommand
{
    public static Command Create()
    {
        var config = Invocation.ConfigOption();
        var json = Invocation.JsonOption();
        var from = new Option<string?>("--from") { Description = "First day of receipt, such as 2026-11-24; a fortnight when left out." };
        var to = new Option<string?>("--to") { Description = "Last day; today when left out." };
        var device = new Option<string?>("--device") { Description = "Only this device (its key)." };
        var command = Invocation.Command(
            "ledger",
            "Accounts for every reading, by device and day of receipt: measured = delivered + waiting + quarantined + gap. Asks the running gateway, or reads its journal while it is stopped.",
            "ledger", "ledger --from 2026-11-01 --to 2026-11-24 --device robot-01", "ledger --json");
        command.Options.Add(config);
        command.Options.Add(from);
        command.Options.Add(to);
        command.Options.Add(device);
        command.Options.Add(json);
        command.SetAction((result, cancellation) => Invocation.TryAsync(async () =>
        {
            var report = await ReadAsync(
                EdgeConfiguration.Load(result.GetValue(config)!), result.GetValue(from), result.GetValue(to), result.GetValue(device), cancellation);
            if (result.GetValue(json))
            {
                PlainJson.Print(report);
            }
            else
            {
                Print(report);
            }

            return report.Balanced ? Invocation.Succeeded : Invocation.Failed;
        }));
        return command;
    }

    private static async Task<LedgerReport> ReadAsync(EdgeConfiguration configuration, string? from, string? to, string? device, CancellationToken cancellation)
    {
        if (RunningGateway.IsOn(configuration.Data))
        {
            using var gateway = GatewayClient.Of(configuration);
            var query = string.Join('&', new[] { ("from", from), ("to", to), ("device", device) }
                .Where(one => one.Item2 is not null).Select(one => $"{one.Item1}={Uri.EscapeDataString(one.Item2!)}"));
            return (await gateway.GetAsync($"/ledger?{query}", cancellation)).Deserialize<LedgerReport>(JsonSerializerOptions.Web)!;
        }

        var file = Path.Combine(configuration.Data, "journal.db");
        if (!File.Exists(file))
        {
            throw new GatewayRefusal($"{file}: there is no journal yet");
        }

        using var connection = JournalTables.Open(file, write: false);
        return LedgerReport.Read(connection, new DeviceRegistry(configuration, DriverCatalog.Load()), from, to, device, TimeProvider.System.GetUtcNow());
    }

    private static void Print(LedgerReport report)
    {
        Console.WriteLine(Row("day", "device", "measured", "delivered", "waiting", "quarantined", "gap", "repeats", ""));
        foreach (var row in report.Lines)
        {
            Print(row, row.Day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "", row.Device ?? "");
        }

        Print(report.Sum, "sum", "");
        foreach (var mistake in report.Mistakes)
        {
            Console.WriteLine($"NOT balanced / 不一致: {mistake}");
        }

        if (report.Balanced)
        {
            Console.WriteLine("balanced / 一致: measured = delivered + waiting + quarantined + gap");
        }
    }

    private static void Print(LedgerRow row, string day, string device) => Console.WriteLine(Row(
        day, device, Number(row.Measured), Number(row.Delivered), Number(row.Waiting), Number(row.Quarantined), Number(row.Gap.Values.Sum()), Number(row.Repeats),
        string.Join(", ", row.Gap.OrderBy(cause => cause.Key, StringComparer.Ordinal).Select(cause => $"{cause.Key} {Number(cause.Value)}"))));

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Row(string day, string device, string measured, string delivered, string waiting, string quarantined, string gap, string repeats, string causes) =>
        $"{day,-11} {device,-24} {measured,10} {delivered,10} {waiting,10} {quarantined,12} {gap,8} {repeats,8}  {causes}".TrimEnd();
}
