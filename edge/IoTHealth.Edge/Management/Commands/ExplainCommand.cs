using System.CommandLine;
using System.Text;
using IoTHealth.Devices;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Management.Explaining;
using IoTHealth.Edge.Registry;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Management.Commands;

/// <summary><c>explain</c>: bytes of a device, step by step. Exit code 1 where something of them is refused.</summary>
internal static class ExplainCommand
{
    public static Command Create()
    {
        var bytes = new Argument<string?>("bytes") { Description = "Hexadecimal digits, or JSON text; or use --file.", Arity = ArgumentArity.ZeroOrOne };
        var file = new Option<string?>("--file", "-f") { Description = "A file of the bytes as they came." };
        var profile = new Option<string>("--profile", "-p") { Description = "The device's profile.", Required = true };
        var device = new Option<string?>("--device") { Description = "Key of a registered device, for its serial number and zone; needs --config." };
        var characteristic = new Option<string?>("--characteristic") { Description = "Bluetooth LE: which characteristic, such as 2A34." };
        var config = Invocation.ConfigOption();
        var command = Invocation.Command(
            "explain",
            "Reads bytes as the gateway would and says each step: frame, field or JSON path, value, code (LOINC, MDC), unit; or where and why they are refused. Stores nothing.",
            "explain --profile watch-over-robot '{\"seq\":1,\"ts\":\"2026-11-24T03:12:00.123+09:00\",\"hr\":61}'",
            "explain --profile blood-pressure-cuff 1e8a00580078000000041114293b3c00012700",
            "explain --profile pacemaker --file report.hl7");
        command.Arguments.Add(bytes);
        command.Options.Add(file);
        command.Options.Add(profile);
        command.Options.Add(device);
        command.Options.Add(characteristic);
        command.Options.Add(config);
        command.SetAction(result => Invocation.Try(() =>
        {
            var catalog = DriverCatalog.Load();
            var context = result.GetValue(device) is { } key ? Registered(result.GetValue(config)!, key, catalog) : Nobody(result.GetValue(profile)!);
            var content = Bytes(result.GetValue(bytes), result.GetValue(file));
            return Print(content, ByteSteps.Of(result.GetValue(profile)!, result.GetValue(characteristic), content, context, catalog));
        }));
        return command;
    }

    private static int Print(byte[] content, ByteSteps explained)
    {
        Console.WriteLine($"{content.Length} bytes");
        foreach (var step in explained.Steps.Concat(explained.Upload.Measurements.SelectMany(ReadingText.Of)))
        {
            Console.WriteLine(step);
        }

        foreach (var document in explained.Upload.Documents)
        {
            Console.WriteLine($"document: {document.Title} ({document.ContentType}, {document.Content.Length} bytes)");
        }

        foreach (var refusal in explained.Upload.Refusals)
        {
            Console.WriteLine($"REFUSED / 拒否: {refusal.Reason}");
            foreach (var line in QuarantineCommand.HexLines(refusal.Raw.ToArray()))
            {
                Console.WriteLine("  " + line);
            }
        }

        var isWhole = explained.Upload.Refusals.Count == 0 && explained.Upload.Measurements.All(reading => Intake.Plausibility.Mistake(reading) is null);
        return isWhole && explained.Steps.Count + explained.Upload.Measurements.Count > 0 ? Invocation.Succeeded : Invocation.Failed;
    }

    private static DeviceContext Registered(string config, string key, DriverCatalog catalog) =>
        new DeviceRegistry(EdgeConfiguration.Load(config), catalog).Find(key)?.Context ?? throw new ArgumentException($"no device '{key}' is registered");

    private static DeviceContext Nobody(string profile) => new("device", DeviceId.FromSerial("-", "-", "-"), "", TimeZoneInfo.Utc, profile);

    private static byte[] Bytes(string? text, string? file)
    {
        if (text is null == file is null)
        {
            throw new ArgumentException("give the bytes, or --file");
        }

        if (file is not null)
        {
            return File.ReadAllBytes(file);
        }

        try
        {
            return text!.TrimStart() is ['{' or '[', ..] ? Encoding.UTF8.GetBytes(text) : Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal).Replace(":", "", StringComparison.Ordinal));
        }
        catch (FormatException)
        {
            throw new ArgumentException("the bytes are neither hexadecimal digits nor JSON");
        }
    }
}
