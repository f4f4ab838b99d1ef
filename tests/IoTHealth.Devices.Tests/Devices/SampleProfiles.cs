using IoTHealth.Devices.Profiles;

namespace IoTHealth.Devices.Tests.Devices;

/// <summary>Profiles of devices that the product does not have, for what its own do not use.</summary>
internal static class SampleProfiles
{
    public const string NestedPayload =
        """{"data":{"items":[{"meta":{"n":7},"at":1764000000123,"bp":{"sys":118,"dia":76,"pulse":"--"},"temp":98.6,"occupied":1,"asleep":false}]}}""";

    public const string ReceivedPayload = """{"hr":58}""";

    /// <summary>Records inside the payload, dotted paths, Unix time, a panel, units to convert, words that are no texts.</summary>
    public static readonly MqttProfile Nested = new()
    {
        Profile = "nested",
        Version = 3,
        Name = new BilingualText("入れ子", "Nested"),
        Guarantee = GuaranteeClass.ReReadable,
        Topics = ["a/{device}", "b/{device}/c"],
        Records = "data.items",
        Time = new DeviceClock("at", ClockForm.UnixMilliseconds),
        Identity = ["meta.n"],
        Measurements =
        [
            new("blood-pressure",
            [
                new() { Sign = "systolic", From = "bp.sys", Unit = "mmHg" },
                new() { Sign = "diastolic", From = "bp.dia", Unit = "mmHg" },
                new() { Sign = "pulse-rate", From = "bp.pulse", Unit = "bpm", Absent = Words(("--", "error")) },
            ]),
            new("body-temperature", [new() { Sign = "body-temperature", From = "temp", Unit = "degF" }]),
            new("bed-presence", [new() { Sign = "bed-presence", From = "occupied", Codes = Words(("1", "in-bed"), ("0", "out-of-bed")), Absent = Words(("2", "unknown")) }]),
            new("fall", [new() { Sign = "fall", From = "asleep", Codes = Words(("true", "detected"), ("none", "detected")), Absent = Words(("false", "unknown")) }]),
        ],
    };

    /// <summary>Neither time nor sequence.</summary>
    public static readonly MqttProfile Received = new()
    {
        Profile = "received",
        Version = 1,
        Name = new BilingualText("受信", "Received"),
        Guarantee = GuaranteeClass.DetectOnly,
        Topics = ["{device}"],
        Identity = [],
        Measurements = [new("heart-rate", [new() { Sign = "heart-rate", From = "hr", Unit = "/min" }])],
    };

    public static Dictionary<string, string> Words(params (string Word, string Meaning)[] words) =>
        words.ToDictionary(pair => pair.Word, pair => pair.Meaning);
}
