namespace IoTHealth.Devices.Profiles;

/// <summary>How to read one kind of JSON-over-MQTT device: the content of a <c>*.profile.yaml</c> (schema: mqtt-profile.schema.json).</summary>
public sealed record MqttProfile
{
    public required string Profile { get; init; }

    public required int Version { get; init; }

    public required BilingualText Name { get; init; }

    public required GuaranteeClass Guarantee { get; init; }

    /// <summary>Topics with <c>{device}</c> for the device's key.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>Path of the records inside the payload; empty: the payload is a record or an array of them.</summary>
    public string Records { get; init; } = "";

    public DeviceClock? Time { get; init; }

    /// <summary>Fields whose raw text never changes for a record: time, sequence. Empty: identity is receipt itself.</summary>
    public required IReadOnlyList<string> Identity { get; init; }

    public required IReadOnlyList<MeasurementMapping> Measurements { get; init; }
}

public sealed record BilingualText(string Ja, string En);

/// <summary>Where a record says when.</summary>
/// <param name="Field">Path of the field.</param>
/// <param name="Form">How it is written.</param>
public sealed record DeviceClock(string Field, ClockForm Form);

public enum ClockForm
{
    /// <summary>ISO 8601, with or without an offset.</summary>
    Iso8601,

    /// <summary>Milliseconds since 1970-01-01 UTC.</summary>
    UnixMilliseconds,

    /// <summary>Seconds since 1970-01-01 UTC.</summary>
    UnixSeconds,
}

/// <summary>One kind of act a record may hold.</summary>
public sealed record MeasurementMapping(string Kind, IReadOnlyList<SignMapping> Signs);

/// <summary>Where one sign of it stands.</summary>
public sealed record SignMapping
{
    /// <summary>Catalogue code.</summary>
    public required string Sign { get; init; }

    /// <summary>Path of the field, names separated by dots.</summary>
    public required string From { get; init; }

    /// <summary>Unit the device sends, for quantities.</summary>
    public string Unit { get; init; } = "";

    /// <summary>Device's word → catalogue code, for coded signs. A word of another mapping of the same field yields nothing here.</summary>
    public IReadOnlyDictionary<string, string> Codes { get; init; } = new Dictionary<string, string>();

    /// <summary>Device's raw value → data-absent-reason.</summary>
    public IReadOnlyDictionary<string, string> Absent { get; init; } = new Dictionary<string, string>();
}
