using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using IoTHealth.Links.Mqtt;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Profiles;

/// <summary>Driver and decoder of every JSON-over-MQTT device that a profile describes. Pure and total.</summary>
public sealed class MqttProfileDriver : IMqttDriver
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16 };

    private readonly MqttProfile _profile;
    private readonly JsonPath _records;
    private readonly JsonPath? _time;
    private readonly JsonPath[] _identity;
    private readonly (string Kind, SignReader[] Signs)[] _measurements;
    private readonly WordCheck[] _words;

    /// <exception cref="ArgumentException">The profile names a kind, sign, code or unit that the catalogue does not know.</exception>
    public MqttProfileDriver(MqttProfile profile)
    {
        ProfileCheck.Verify(profile);
        _profile = profile;
        _records = new JsonPath(profile.Records);
        _time = profile.Time is { } time ? new JsonPath(time.Field) : null;
        _identity = [.. profile.Identity.Select(field => new JsonPath(field))];
        _measurements = [.. profile.Measurements.Select(m => (m.Kind, m.Signs.Select(s => new SignReader(s)).ToArray()))];
        _words = [.. WordCheck.For(_measurements.SelectMany(m => m.Signs))];
    }

    public string Name => $"{_profile.Profile}/{_profile.Version}";

    public GuaranteeClass Guarantee => _profile.Guarantee;

    public IReadOnlyList<string> Topics(string deviceKey) =>
        [.. _profile.Topics.Select(topic => topic.Replace("{device}", deviceKey, StringComparison.Ordinal))];

    public DecodedUpload Read(MqttMessage message, DeviceContext device)
    {
        try
        {
            using var document = JsonDocument.Parse(message.Payload, Strict);
            return ReadRecords(document.RootElement, message.Payload);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a name on the way to the records is not Unicode.
            return DecodedUpload.Refused($"not JSON: {e.Message}", message.Payload);
        }
    }

    private DecodedUpload ReadRecords(JsonElement root, ReadOnlyMemory<byte> payload)
    {
        if (!_records.TryFind(root, out var records) || records.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
        {
            return DecodedUpload.Refused($"no record or array of records at '{_records.Text}'", payload);
        }

        var upload = new UploadBuilder();
        foreach (var record in records.ValueKind == JsonValueKind.Array ? [.. records.EnumerateArray()] : new[] { records })
        {
            ReadRecord(record, upload);
        }

        return upload.Finish(payload);
    }

    private void ReadRecord(JsonElement fields, UploadBuilder upload)
    {
        var raw = JsonText.Raw(fields);
        try
        {
            ReadSigns(new DecodedRecord(fields, Stable(fields), Time(fields), raw), upload);
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            // InvalidOperationException: a name in the record is not Unicode.
            upload.Refuse(e.Message, raw);
        }
    }

    private void ReadSigns(DecodedRecord record, UploadBuilder upload)
    {
        var found = upload.Count;
        foreach (var mistake in _words.Select(check => check.Mistake(record.Fields)).OfType<string>())
        {
            upload.Refuse(mistake, record.Raw);
        }

        foreach (var (kind, signs) in _measurements)
        {
            ReadMeasurement(record, kind, signs, upload);
        }

        if (upload.Count == found)
        {
            upload.Refuse("the record holds nothing this profile reads", record.Raw);
        }
    }

    private static void ReadMeasurement(DecodedRecord record, string kind, SignReader[] signs, UploadBuilder upload)
    {
        try
        {
            var components = ImmutableArray.CreateBuilder<Component>(signs.Length);
            foreach (var sign in signs)
            {
                if (sign.Read(record.Fields) is { } value)
                {
                    components.Add(new Component(sign.Sign, value));
                }
            }

            if (components.Count > 0)
            {
                upload.Add(kind, record, components.ToImmutable());
            }
        }
        catch (FormatException e)
        {
            upload.Refuse($"{kind}: {e.Message}", record.Raw);
        }
    }

    private ImmutableArray<byte> Stable(JsonElement record)
    {
        var stable = ImmutableArray.CreateBuilder<byte>();
        foreach (var path in _identity)
        {
            if (!path.TryFind(record, out var value))
            {
                throw new FormatException($"field '{path.Text}' is missing");
            }

            // Objects and arrays may be spaced differently when they are sent again.
            if (value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            {
                throw new FormatException($"field '{path.Text}' is neither a text nor a number");
            }

            stable.AddRange(Encoding.UTF8.GetBytes($"{path.Text}="));
            stable.AddRange(JsonText.Raw(value));
            stable.Add((byte)'\n');
        }

        return stable.ToImmutable();
    }

    private DeviceTime? Time(JsonElement record)
    {
        if (_time is null)
        {
            return null;
        }

        return _time.TryFind(record, out var value) && DeviceClockText.TryRead(value, _profile.Time!.Form, out var time)
            ? time
            : throw new FormatException($"field '{_time.Text}' holds no time");
    }
}
