using System.CommandLine;
using System.Globalization;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Management.Diagnostics;

namespace IoTHealth.Edge.Management.Commands;

/// <summary><c>export-diagnostics</c>: one file for who helps from afar, without patient data or secrets.</summary>
internal static class ExportDiagnosticsCommand
{
    public static Command Create()
    {
        var config = Invocation.ConfigOption();
        var output = new Option<string?>("--output", "-o") { Description = "The ZIP file to write; by default one named for gateway and time, here." };
        var command = Invocation.Command(
            "export-diagnostics",
            "Writes one ZIP file for support: versions, settings without secrets, counts, sizes, dates and findings. It holds no reading, no person and no key; devices have short names.",
            "export-diagnostics", "export-diagnostics --output gw-01.zip");
        command.Options.Add(config);
        command.Options.Add(output);
        command.SetAction((result, cancellation) => Invocation.TryAsync(async () =>
        {
            var configuration = EdgeConfiguration.Load(result.GetValue(config)!);
            var time = TimeProvider.System;
            var path = result.GetValue(output) ??
                string.Create(CultureInfo.InvariantCulture, $"{configuration.Gateway}-{time.GetUtcNow():yyyyMMdd'T'HHmmss'Z'}-diagnostics.zip");
            await new DiagnosticsFile(configuration, time).WriteAsync(path, cancellation);
            if (Directory.Exists(configuration.Data))
            {
                new AuditLog(configuration.Data).Write(AuditLog.CommandLine, "export-diagnostics", "done");
            }

            Console.WriteLine(path);
            return Invocation.Succeeded;
        }));
        return command;
    }
}
