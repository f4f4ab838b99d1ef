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
    private readonly ILookup<string, string> _wordsByField;

    /// <exception cref="ArgumentException">The profile names a kind, sign, code or unit that the catalogue does not know.</exception>
    public MqttProfileDriver(MqttProfile profile)
    {
        ProfileCheck.Verify(profile);
        _profile = profile;
        _records = new JsonPath(profile.Records);
        _time = profile.Time is { } time ? new JsonPath(time.Field) : null;
        _identity = [.. profile.Identity.Select(field => new JsonPath(field))];
        _measurements = [.. profile.Measurements.Select(m => (m.Kind, m.Signs.Select(s => new SignReader(s)).ToArray()))];
        _wordsByField = _measurements.SelectMany(m => m.Signs).Where(s => s.IsCoded)
            .SelectMany(s => s.Words.Select(word => (s.From, word)))
            .ToLookup(pair => pair.From, pair => pair.word, StringComparer.Ordinal);
    }

    public string Name => $"{_profile.Profile}/{_profile.Version}";

    public GuaranteeClass Guarantee => _profile.Guarantee;

    public IReadOnlyList<string> Topics(string deviceKey) =>
        [.. _profile.Topics.Select(topic => topic.Replace("{device}", deviceKey, StringComparison.Ordinal))];

    public DecodedUpload Read(MqttMessage message)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(message.Payload, Strict);
        }
        catch (JsonException e)
        {
            return DecodedUpload.Refused($"not JSON: {e.Message}", message.Payload);
        }

        using (document)
        {
            if (!_records.TryFind(document.RootElement, out var records) ||
                records.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
            {
                return DecodedUpload.Refused($"no record or array of records at '{_records.Text}'", message.Payload);
            }

            var upload = new Upload();
            foreach (var record in records.ValueKind == JsonValueKind.Array ? [.. records.EnumerateArray()] : new[] { records })
            {
                ReadRecord(record, upload);
            }

            return upload.Finish();
        }
    }

    private void ReadRecord(JsonElement record, Upload upload)
    {
        var raw = Encoding.UTF8.GetBytes(record.GetRawText());
        try
        {
            var stable = Stable(record);
            var time = Time(record);
            var found = upload.Count;
            foreach (var (field, words) in _wordsByField.Select(group => (group.Key, group)))
            {
                RefuseUnknownWord(record, field, words, raw, upload);
            }

            foreach (var (kind, signs) in _measurements)
            {
                ReadMeasurement(record, kind, signs, stable, time, raw, upload);
            }

            if (upload.Count == found)
            {
                upload.Refuse("the record holds nothing this profile reads", raw);
            }
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            // InvalidOperationException: a text that is not Unicode (System.Text.Json checks only when asked for it).
            upload.Refuse(e.Message, raw);
        }
    }

    private static void ReadMeasurement(
        JsonElement record, string kind, SignReader[] signs, ImmutableArray<byte> stable, DeviceTime? time, byte[] raw, Upload upload)
    {
        try
        {
            var components = ImmutableArray.CreateBuilder<Component>(signs.Length);
            foreach (var sign in signs)
            {
                if (sign.Read(record) is { } value)
                {
                    components.Add(new Component(sign.Sign, value));
                }
            }

            if (components.Count > 0)
            {
                upload.Add(kind, stable, time, components.ToImmutable(), raw);
            }
        }
        catch (FormatException e)
        {
            upload.Refuse($"{kind}: {e.Message}", raw);
        }
    }

    private static void RefuseUnknownWord(JsonElement record, string field, IEnumerable<string> words, byte[] raw, Upload upload)
    {
        var path = new JsonPath(field);
        if (path.TryFind(record, out var value) &&
            (value.ValueKind != JsonValueKind.String || !words.Contains(value.GetString(), StringComparer.Ordinal)))
        {
            upload.Refuse($"field '{field}' holds none of {string.Join(", ", words.Distinct(StringComparer.Ordinal))}", raw);
        }
    }

    private ImmutableArray<byte> Stable(JsonElement record)
    {
        var stable = new StringBuilder();
        foreach (var path in _identity)
        {
            if (record.ValueKind != JsonValueKind.Object || !path.TryFind(record, out var value))
            {
                throw new FormatException($"field '{path.Text}' is missing");
            }

            stable.Append(path.Text).Append('=').Append(value.GetRawText()).Append('\n');
        }

        return [.. Encoding.UTF8.GetBytes(stable.ToString())];
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

    /// <summary>Collects what a message holds and counts equal records.</summary>
    private sealed class Upload
    {
        private readonly List<DecodedMeasurement> _measurements = [];
        private readonly List<Refusal> _refusals = [];
        private readonly Dictionary<(string, string), int> _occurrences = [];

        public int Count => _measurements.Count + _refusals.Count;

        public void Add(string kind, ImmutableArray<byte> stable, DeviceTime? time, ImmutableArray<Component> components, byte[] raw)
        {
            var key = (kind, Convert.ToHexString(stable.AsSpan()));
            var occurrence = _occurrences.GetValueOrDefault(key);
            _occurrences[key] = occurrence + 1;
            _measurements.Add(new DecodedMeasurement(kind, stable, occurrence, time, components, [], raw));
        }

        public void Refuse(string reason, byte[] raw) => _refusals.Add(new Refusal(reason, raw));

        public DecodedUpload Finish() => new(_measurements, _refusals);
    }
}
