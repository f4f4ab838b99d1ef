using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using IoTHealth.Devices;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Management.Checks;
using IoTHealth.Edge.Management.Commands;
using IoTHealth.Edge.Registry;

namespace IoTHealth.Edge.Management.Diagnostics;

/// <summary>
/// What somebody who helps from afar needs to see, in one ZIP file: versions, settings without secrets, where readers stand, counts, sizes,
/// dates, findings of <c>check</c>. Only what is named here goes in: no reading, no place, no name, no key, no hash of a password, no refused byte.
/// </summary>
internal sealed class DiagnosticsFile(EdgeConfiguration configuration, TimeProvider time)
{
    private readonly Pseudonyms _pseudonyms = new(configuration, Salt(configuration.Data));

    /// <summary>Writes the file, mode 0600.</summary>
    /// <exception cref="IOException">It is there already, or cannot be written.</exception>
    public async Task WriteAsync(string path, CancellationToken cancellation)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var file = new FileStream(path, options);
        await using var zip = new ZipArchive(file, ZipArchiveMode.Create);
        Add(zip, "about.json", About());
        Add(zip, "settings.json", Settings());
        Add(zip, "files.json", Files());
        Add(zip, "certificates.json", new CertificateDates(configuration).Read().Select(one => new { one.Name, one.Until }));
        Add(zip, "check.json", await ChecksAsync(cancellation));
        if (RunningGateway.IsOn(configuration.Data))
        {
            await AddRunningAsync(zip, cancellation);
        }
        else if (File.Exists(Path.Combine(configuration.Data, "journal.db")))
        {
            using var connection = JournalTables.Open(Path.Combine(configuration.Data, "journal.db"), write: false);
            Add(zip, "ledger.json", LedgerReport.Read(connection, new DeviceRegistry(configuration, DriverCatalog.Load()), null, null, null, time.GetUtcNow()));
        }
    }

    private async Task AddRunningAsync(ZipArchive zip, CancellationToken cancellation)
    {
        using var gateway = GatewayClient.Of(configuration);
        var live = (await gateway.GetAsync("/live", cancellation)).AsObject();

        // Chosen one by one: what /live tells of devices and alarms are readings.
        Add(zip, "readers.json", new JsonObject
        {
            ["gateway"] = live["gateway"]?.DeepClone(),
            ["journal"] = live["journal"]?.DeepClone(),
            ["head"] = live["head"]?.DeepClone(),
            ["quarantined"] = live["quarantined"]?.DeepClone(),
            ["openAlarms"] = live["alarms"]?.AsArray().Count(alarm => alarm?["acknowledgedBy"] is null) ?? 0,
            ["readers"] = live["readers"]?.DeepClone(),
            ["links"] = live["links"]?.DeepClone(),
        });
        Add(zip, "health.json", await gateway.HealthAsync(cancellation));
        Add(zip, "ledger.json", await gateway.GetAsync("/ledger", cancellation));
        AddText(zip, "metrics.txt", await gateway.TextAsync("/metrics", cancellation));
    }

    private object About() => new
    {
        at = time.GetUtcNow().UtcDateTime,
        software = typeof(DiagnosticsFile).Assembly.GetName().Version?.ToString(),
        runtime = RuntimeInformation.FrameworkDescription,
        system = RuntimeInformation.OSDescription,
        machine = RuntimeInformation.ProcessArchitecture.ToString(),
        processors = Environment.ProcessorCount,
    };

    private object Settings() => new
    {
        configuration.Gateway,
        configuration.TimeZone,
        mqtt = new { configuration.Mqtt.Address, configuration.Mqtt.Port },
        api = new { configuration.Api.Address, configuration.Api.Port, tls = configuration.Api.Certificate is not null, users = configuration.Api.Users.Count },
        mllp = configuration.Mllp is { } mllp ? new { mllp.Address, mllp.Port, tls = mllp.Certificate is not null } : null,
        devices = configuration.Devices.Select(device => new
        {
            key = _pseudonyms.Of(device.Key),
            device.Profile,
            device.Maker,
            device.Model,
            link = device.Line is not null ? "line" : device.Radio is not null ? "radio" : device.Password is not null ? "mqtt" : "mllp",
        }),
        stations = configuration.Stations.Count,
        webhooks = configuration.Alarms?.Webhooks.Count ?? 0,
        alarms = configuration.Alarms is not null,
        influx = configuration.Influx is { } influx ? new { influx.Version, host = influx.Url.Host } : null,
        uplink = configuration.Uplink is { } uplink ? new { uplink.Host, uplink.Port, uplink.HubHost } : null,
    };

    // Names of files in the data folder are the gateway's own.
    private object Files() => Directory.Exists(configuration.Data)
        ? new DirectoryInfo(configuration.Data).EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal).Select(file => new { file.Name, file.Length, changed = file.LastWriteTimeUtc })
        : Array.Empty<object>();

    private async Task<List<object>> ChecksAsync(CancellationToken cancellation)
    {
        var lines = new List<object>();
        await foreach (var line in GatewayCheck.LookAsync(configuration, time).WithCancellation(cancellation))
        {
            lines.Add(new { line.Part, verdict = line.Verdict.ToString(), line.Found.En });
        }

        return lines;
    }

    private void Add(ZipArchive zip, string name, object content) => AddText(zip, name, PlainJson.Of(content));

    private void AddText(ZipArchive zip, string name, string text)
    {
        using var entry = zip.CreateEntry(name).Open();
        entry.Write(Encoding.UTF8.GetBytes(_pseudonyms.In(text)));
    }

    private static byte[] Salt(string folder)
    {
        var key = Path.Combine(folder, "box.key");
        return File.Exists(key) ? SHA256.HashData(File.ReadAllBytes(key)) : RandomNumberGenerator.GetBytes(32);
    }
}
