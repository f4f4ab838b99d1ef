using System.Collections.Immutable;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Profiles;

/// <summary>Collects what one message holds and counts equal records.</summary>
internal sealed class UploadBuilder
{
    /// <summary>Refusals of one message that are kept each by itself; beyond that the message is kept whole, once.</summary>
    public const int RefusalsMaximum = 100;

    private readonly List<DecodedMeasurement> _measurements = [];
    private readonly List<Refusal> _refusals = [];
    private readonly Dictionary<(string Kind, string StableKey), int> _occurrences = [];

    /// <summary>Measurements and refusals so far.</summary>
    public int Count => _measurements.Count + _refusals.Count;

    public void Add(string kind, DecodedRecord record, ImmutableArray<Component> components)
    {
        var key = (kind, record.StableKey);
        var occurrence = _occurrences.GetValueOrDefault(key);
        _occurrences[key] = occurrence + 1;
        _measurements.Add(new DecodedMeasurement(kind, record.Stable, occurrence, record.Time, components, [], record.Raw));
    }

    public void Refuse(string reason, byte[] raw) => _refusals.Add(new Refusal(reason, raw));

    /// <param name="payload">The message, kept whole where too much of it is refused to keep each part.</param>
    public DecodedUpload Finish(ReadOnlyMemory<byte> payload) => _refusals.Count <= RefusalsMaximum
        ? new DecodedUpload(_measurements, _refusals)
        : new DecodedUpload(_measurements, [new Refusal($"{_refusals.Count} parts are refused; the first: {_refusals[0].Reason}", payload)]);
}
