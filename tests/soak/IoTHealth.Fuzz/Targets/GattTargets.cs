using IoTHealth.Devices;
using IoTHealth.Devices.BloodPressure;
using IoTHealth.Devices.Codecs.Gatt;
using IoTHealth.Devices.Codecs.Ieee11073;
using IoTHealth.Devices.Glucose;
using IoTHealth.Links.Bluetooth;

namespace IoTHealth.Fuzz.Targets;

/// <summary>Characteristics of Bluetooth GATT, and the decoders of cuffs and meters on top of them.</summary>
internal static class GattTargets
{
    private const int ValuesMaximum = 8;

    private static readonly byte[][] MeterSeeds = VectorSeeds.Of("gatt/2A18", "gatt/2A34");

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        Of("gatt/2A08", (bytes, out reason) => Time(bytes, out reason)),
        Of("gatt/2A49", (bytes, out reason) =>
            BloodPressureFeature.TryRead(bytes, out var feature, out reason) ? Some(feature.Features) : null),
        Of("gatt/2A51", (bytes, out reason) => GlucoseFeature.TryRead(bytes, out var feature, out reason) ? Some(feature.Features) : null),
        Of("gatt/2A52", (bytes, out reason) => RecordAccess.TryRead(bytes, out var message, out reason) && message is null ? "read as nothing" : null),
        Of("gatt/2A35", (bytes, out reason) => BloodPressureMeasurement.TryRead(bytes, out var reading, out reason) ? Look(reading) : null),
        Of("gatt/2A36", (bytes, out reason) => BloodPressureMeasurement.TryRead(bytes, out var reading, out reason) ? Look(reading) : null),
        Of("gatt/2A18", (bytes, out reason) => GlucoseMeasurement.TryRead(bytes, out var reading, out reason) ? Look(reading) : null),
        Of("gatt/2A34", (bytes, out reason) => GlucoseContext.TryRead(bytes, out var context, out reason)
            ? Look(context.CarbohydrateKilograms) ?? Look(context.Medication) ?? Look(context.HbA1cPercent)
            : null),
        new("cuff/records", VectorSeeds.Of("gatt/2A35"), [], Cuff),
        new("meter/records", MeterSeeds, [], Meter),
    ];

    private delegate string? Decode(ReadOnlySpan<byte> bytes, out string reason);

    private static FuzzTarget Of(string protocol, Decode decode) => new(protocol, VectorSeeds.Of(protocol), [], (input, _) =>
        decode(input.Span, out var reason) ?? (reason is null ? "neither values nor a reason" : null));

    private static string? Time(ReadOnlySpan<byte> bytes, out string reason)
    {
        reason = "";
        if (bytes.Length != GattDateTime.Length)
        {
            return null;
        }

        var time = GattDateTime.Read(bytes);
        return time.IsComplete && !time.IsValid ? "complete and not valid" : Some(time.ToString());
    }

    private static string? Look(BloodPressureMeasurement reading) =>
        Look(reading.Systolic) ?? Look(reading.Diastolic) ?? Look(reading.Mean) ?? Look(reading.Pulse) ??
        (reading.Time is { IsValid: false } ? "a time that does not exist" : null);

    private static string? Look(GlucoseMeasurement reading) =>
        Look(reading.Concentration) ?? (reading.MeasuredAt is not null && !reading.BaseTime.IsComplete ? "measured at a time that is not whole" : null) ??
        (reading.Value is null != reading.Concentration?.Value is null ? "a value without a concentration" : null);

    private static string? Look(MedicalNumber? number) => number is { } sent ? NumberTargets.Look(sent) : null;

    private static string? Some(object? found) => found is null ? "read as nothing" : null;

    // One indication is one measurement or one refusal.
    private static string? Cuff(ReadOnlyMemory<byte> input, FuzzRandom random)
    {
        var feature = random.OnceIn(2) ? null : new BloodPressureFeature(0, ["irregular_pulse_detection"]);
        var upload = new BloodPressureRecords(random.OnceIn(16) ? "another cuff" : null, feature).Read(input);
        return upload.Measurements.Count + upload.Refusals.Count == 1 ? null : "neither one measurement nor one refusal";
    }

    // The input in pieces, between whole records, as measurements and contexts of one connection.
    private static string? Meter(ReadOnlyMemory<byte> input, FuzzRandom random)
    {
        var values = new GattValue[1 + random.Below(ValuesMaximum)];
        for (var i = 0; i < values.Length; i++)
        {
            var at = random.Below(input.Length + 1);
            var value = random.Below(3) switch
            {
                0 => input[at..],
                1 => input,
                _ => MeterSeeds[random.Below(MeterSeeds.Length)],
            };
            values[i] = new GattValue(random.OnceIn(2) ? GlucoseService.Measurement : GlucoseService.Context, value);
        }

        var records = new GlucoseRecords(random.OnceIn(16) ? "another meter" : null);
        var half = random.Below(values.Length);
        DecodedUpload[] uploads = [records.Read(values.Take(half)), records.Read(values.Skip(half)), records.RefuseWaiting()];
        var told = uploads.Sum(upload => upload.Measurements.Count + upload.Refusals.Count);
        return told > values.Length ? "more told than was sent" : records.WaitingContexts.Count > 0 ? "contexts wait for ever" : null;
    }
}
