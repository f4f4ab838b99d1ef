using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using IoTHealth.Documents;
using IoTHealth.Edge.Journal;

namespace IoTHealth.Edge.Configuration;

/// <summary>The gateway's configuration document (schema: edge.schema.json). Paths are absolute once loaded.</summary>
public sealed record EdgeConfiguration
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly DocumentSchema Schema = DocumentSchema.FromResource(typeof(EdgeConfiguration).Assembly, "edge.schema.json");

    /// <summary>Orders signed documents (<see cref="ConfigurationVersion"/>); a local file needs none.</summary>
    public string? Version { get; init; }

    public required string Gateway { get; init; }

    /// <summary>Folder of the journal, keys and tokens.</summary>
    public required string Data { get; init; }

    /// <summary>IANA zone of the facility.</summary>
    public required string TimeZone { get; init; }

    public required MqttSettings Mqtt { get; init; }

    public required ApiSettings Api { get; init; }

    /// <summary>Bounds of the journal; null for those it has by itself.</summary>
    public JournalSettings? Journal { get; init; }

    internal JournalOptions JournalOptions => (Journal ?? new JournalSettings()).In(Data);

    /// <summary>The front door for HL7 v2 reports; null for none.</summary>
    public MllpSettings? Mllp { get; init; }

    /// <summary>Where Bluetooth is to be had; null for the system's.</summary>
    public BluetoothSettings? Bluetooth { get; init; }

    public IReadOnlyList<DeviceSettings> Devices { get; init; } = [];

    public IReadOnlyList<StationSettings> Stations { get; init; } = [];

    public AlarmSettings? Alarms { get; init; }

    public InfluxSettings? Influx { get; init; }

    public UplinkSettings? Uplink { get; init; }

    /// <summary>Where traces are sent; null for nowhere.</summary>
    public TelemetrySettings? Telemetry { get; init; }

    /// <summary>Whose signed documents this box takes; null for none. Only the box's own file says so.</summary>
    public EnrolmentSettings? Configuration { get; init; }

    /// <summary>The box's own file, to whose folder paths are relative; null where there is none.</summary>
    [JsonIgnore]
    public string? File { get; init; }

    /// <summary>SHA-256 of the document's bytes, 64 hexadecimal digits; empty where it was not read from any.</summary>
    [JsonIgnore]
    public string Digest { get; init; } = "";

    private LocatedDocument<EdgeConfiguration>? Located { get; init; }

    /// <exception cref="DocumentException">Names file, line and reason.</exception>
    public static EdgeConfiguration Load(string path)
    {
        try
        {
            return Parse(System.IO.File.ReadAllBytes(path), path, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DocumentException($"{path}: {e.Message}");
        }
    }

    /// <summary>Reads a document that lies elsewhere as if it lay in the place of the box's own file.</summary>
    /// <param name="bytes">The document, UTF-8.</param>
    /// <param name="name">Stands for it in messages.</param>
    /// <param name="file">The box's own file.</param>
    /// <param name="isSigned">Whether an operator signs for all of it: then no file on the box may say the rules.</param>
    /// <exception cref="DocumentException">Names line and reason.</exception>
    public static EdgeConfiguration Parse(ReadOnlySpan<byte> bytes, string name, string file, bool isSigned = false)
    {
        try
        {
            return Resolve(Document.ParseLocated<EdgeConfiguration>(Strict.GetString(bytes), name, Schema), file, isSigned) with
            {
                Digest = Convert.ToHexStringLower(SHA256.HashData(bytes)),
            };
        }
        catch (DecoderFallbackException)
        {
            throw new DocumentException($"{name}:1:1: the document is not UTF-8");
        }
    }

    /// <summary>A mistake that no schema sees, with the line where it stands.</summary>
    /// <param name="pointer">JSON pointer such as <c>/devices/0/profile</c>.</param>
    /// <param name="reason">What is wrong.</param>
    public DocumentException Mistake(string pointer, string reason) => Located?.Mistake(pointer, reason) ?? new DocumentException(reason);

    /// <summary>What this document says of the facility, on a box that is and stays what its own file says.</summary>
    public EdgeConfiguration On(EdgeConfiguration box) => box with { Version = Version, Devices = Devices, Stations = Stations, Alarms = Alarms, Digest = Digest, Located = Located };

    private static EdgeConfiguration Resolve(LocatedDocument<EdgeConfiguration> located, string file, bool isSigned)
    {
        var document = located.Value;
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        string At(string relative) => Path.GetFullPath(Path.Combine(folder, relative));
        return document with
        {
            File = Path.GetFullPath(file),
            Located = located,
            Configuration = document.Configuration is not { } enrolment ? null : enrolment with
            {
                Trust = [.. enrolment.Trust.Select(At)],
                Ca = enrolment.Ca is null ? null : At(enrolment.Ca),
            },
            Data = At(document.Data),
            Mqtt = document.Mqtt with { Certificate = At(document.Mqtt.Certificate), Key = At(document.Mqtt.Key) },
            Api = document.Api with
            {
                Certificate = document.Api.Certificate is null ? null : At(document.Api.Certificate),
                Key = document.Api.Key is null ? null : At(document.Api.Key),
            },
            Devices = [.. document.Devices.Select(device => device.Radio is not { PasskeyFile: { } passkey } radio
                ? device
                : device with { Radio = radio with { PasskeyFile = At(passkey) } })],
            Mllp = document.Mllp is not { } mllp ? null : mllp with
            {
                Certificate = mllp.Certificate is null ? null : At(mllp.Certificate),
                Key = mllp.Key is null ? null : At(mllp.Key),
            },
            Alarms = document.Alarms is not { } alarms ? null : alarms with
            {
                Rules = alarms.Book.Count > 0 ? $"{Path.GetFullPath(file)} (alarms.book)" : At(alarms.Rules),
                RulesText = alarms.Book.Count > 0 ? JsonSerializer.Serialize(new { rules = alarms.Book }) : TextOf(At(alarms.Rules), located, isSigned),
                Webhooks = [.. alarms.Webhooks.Select(hook => hook with { Ca = hook.Ca is null ? null : At(hook.Ca) })],
            },
            Influx = document.Influx is not { } influx ? null : influx with
            {
                CredentialFile = influx.CredentialFile is null ? null : At(influx.CredentialFile),
                Ca = influx.Ca is null ? null : At(influx.Ca),
            },
            Uplink = document.Uplink is not { } uplink ? null : uplink.At(At),
        };
    }

    private static string TextOf(string rules, LocatedDocument<EdgeConfiguration> located, bool isSigned)
    {
        if (isSigned)
        {
            throw located.Mistake("/alarms/rules", "a rule file could be edited on the box; a signed document carries its rules itself, as 'alarms.book'");
        }

        try
        {
            return System.IO.File.ReadAllText(rules);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw located.Mistake("/alarms/rules", e.Message);
        }
    }
}

/// <summary>Whose signed documents the box takes.</summary>
/// <param name="Trust">PEM files of the operators' public keys (ECDSA P-256).</param>
/// <param name="Ca">Authority of the server that holds the documents; the uplink's where it is left out.</param>
public sealed record EnrolmentSettings(IReadOnlyList<string> Trust, string? Ca = null);

/// <summary>The front door for MQTT.</summary>
/// <param name="Limits">What one client may cost; null for the defaults.</param>
public sealed record MqttSettings(string Address, int Port, string Certificate, string Key, MqttLimitSettings? Limits = null);

/// <summary>The local API. Without a certificate it speaks plainly, and then listens on loopback only and knows no users.</summary>
public sealed record ApiSettings(string Address, int Port, string? Certificate = null, string? Key = null)
{
    /// <summary>Staff who sign in by name and password; the box's own tools have <c>api.token</c>.</summary>
    public IReadOnlyList<ApiUserSettings> Users { get; init; } = [];
}

/// <summary>An account of the local API.</summary>
/// <param name="Name">Name to sign in with.</param>
/// <param name="Password">PBKDF2 hash, as a device's.</param>
/// <param name="Role">What it may do.</param>
public sealed record ApiUserSettings(string Name, string Password, Management.Api.ApiRole Role = Management.Api.ApiRole.Staff);

/// <summary>Where traces go.</summary>
/// <param name="Otlp">OTLP over HTTP: <c>http://127.0.0.1:4318</c>, or https for what leaves the box.</param>
public sealed record TelemetrySettings(Uri Otlp);

/// <summary>HL7 v2 over MLLP. Without a certificate it speaks plainly, and then listens on loopback only.</summary>
public sealed record MllpSettings(string Address, int Port, string? Certificate = null, string? Key = null);

/// <param name="Bus">D-Bus address on which BlueZ answers, for example <c>unix:path=/run/dbus/system_bus_socket</c>.</param>
public sealed record BluetoothSettings(string Bus);

/// <summary>One device of the registry.</summary>
/// <param name="Key">User name and topic level.</param>
/// <param name="Profile">Driver in the catalogue.</param>
/// <param name="Maker">Manufacturer.</param>
/// <param name="Model">Model.</param>
/// <param name="Serial">Serial number.</param>
/// <param name="Place">Where it stands; shown to staff.</param>
/// <param name="Password">PBKDF2 hash, <c>pbkdf2-sha256$iterations$salt$hash</c>; MQTT devices.</param>
/// <param name="SystemId">IEEE 11073 system id, where it has one.</param>
/// <param name="TimeZone">Zone of its clock, where it is not the facility's.</param>
/// <param name="Line">Its serial line; devices on a line.</param>
/// <param name="Radio">Its Bluetooth address; devices by Bluetooth LE.</param>
public sealed record DeviceSettings(
    string Key, string Profile, string Maker, string Model, string Serial, string Place, string? Password = null,
    string? SystemId = null, string? TimeZone = null, LineSettings? Line = null, RadioSettings? Radio = null)
{
    /// <summary>Several people share it: who holds it is said by user slot, never of the whole device.</summary>
    public bool Shared { get; init; }
}

/// <summary>A Bluetooth LE device.</summary>
/// <param name="Address">Its address, six hexadecimal pairs with colons.</param>
/// <param name="Adapter">The gateway's adapter that serves it, for example <c>hci0</c>; null for any.</param>
/// <param name="PasskeyFile">File (mode 0600) of the six digits that pair it, where it asks for them.</param>
public sealed record RadioSettings(string Address, string? Adapter = null, string? PasskeyFile = null);

/// <summary>A serial line.</summary>
/// <param name="Path">Device file; <c>/dev/serial/by-id/…</c> names the adapter and not the socket it is in.</param>
/// <param name="Baud">Speed, where it is not the driver's.</param>
/// <param name="Usb"><c>vendor:product</c> or <c>vendor:product:serial</c> of its USB descriptor, in place of the path.</param>
public sealed record LineSettings(string? Path = null, int? Baud = null, string? Usb = null);

/// <summary>A nurse station: may hear alarms and acknowledge them.</summary>
public sealed record StationSettings(string Key, string Password);

/// <param name="Rules">The rule file.</param>
/// <param name="Webhooks">Whom to call.</param>
public sealed record AlarmSettings(string Rules, IReadOnlyList<WebhookSettings> Webhooks)
{
    /// <summary>The rules themselves, in place of a file: what is signed with the document cannot be edited on the box.</summary>
    public IReadOnlyList<JsonElement> Book { get; init; } = [];

    public IReadOnlyList<WebhookSettings> Webhooks { get; init; } = Webhooks ?? [];

    /// <summary>The rules' text when the document was read, so that an edit of it is seen as a change.</summary>
    public string RulesText { get; init; } = "";
}

public sealed record WebhookSettings(Uri Url, string? Ca = null);

/// <summary>The local history.</summary>
/// <param name="Version">1: <c>/write</c>; 2 or 3: <c>/api/v2/write</c>.</param>
/// <param name="Url">Base address.</param>
/// <param name="Database">Database (1.x, 3.x) or bucket (2.x).</param>
/// <param name="Organisation">Organisation, 2.x.</param>
/// <param name="CredentialFile">1.x <c>user:password</c>; 2.x, 3.x the token.</param>
/// <param name="Ca">Authority of an https server.</param>
public sealed record InfluxSettings(
    int Version, Uri Url, string Database, string? Organisation = null, string? CredentialFile = null, string? Ca = null)
{
    /// <summary>How long points are kept as they are, days (1.x).</summary>
    public int RawDays { get; init; } = 90;

    /// <summary>How long the hours made of them are kept, days (1.x).</summary>
    public int HourlyDays { get; init; } = 5 * 365;
}

