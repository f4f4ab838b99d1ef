using System.Collections.Immutable;
using IoTHealth.Devices.Codecs.Gatt;
using IoTHealth.Links.Bluetooth;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Glucose;

/// <summary>
/// Decoder of what a meter notifies in one connection (Glucose Service 1.0.1): 2A18 and 2A34 in, measurements or refusals out.
/// Pure and total. A measurement is told as soon as it is read, and told again with more flags once its context is there.
/// </summary>
/// <remarks>
/// Plain first and then joined, whichever came first and at every read-out: the version that comes last is the current one, so
/// a plain one that was never told before must not turn up later.
/// <para>Stable bytes are sequence number, base time, unit and concentration with type and location, as sent; never the offset, status
/// or context, which may change later. The sequence number starts anew when a meter loses its memory, so the base time stands
/// beside it. Where the clock was not set its bytes still do: with neither, every read-out would add the whole memory again,
/// while a restarted meter with an unset clock that shows the same value under the same number is the rarer harm.</para>
/// </remarks>
/// <param name="stranger">Why the device is not the registered one, or null; then everything is refused.</param>
public sealed class GlucoseRecords(string? stranger)
{
    private const int SequenceAt = 1;
    private const int OffsetAt = 10;
    private const int OffsetLength = 2;
    private const int ConcentrationLength = 3;

    private readonly Dictionary<ushort, Heard> _heard = [];
    private readonly Dictionary<ushort, Waiting> _waiting = [];
    private readonly Dictionary<ushort, MeterRecord> _reported = [];

    /// <summary>
    /// The last record with each sequence number that could be read since the last report began, in the order of the numbers, control
    /// solutions among them.
    /// </summary>
    public IReadOnlyList<MeterRecord> Reported => [.. _reported.Values.OrderBy(one => one.Sequence)];

    /// <summary>Sequence numbers of contexts whose measurement has not come.</summary>
    public IReadOnlyCollection<ushort> WaitingContexts => _waiting.Keys;

    /// <summary>A new report begins.</summary>
    public void BeginReport() => _reported.Clear();

    /// <summary>Reads values in the order in which they came.</summary>
    public DecodedUpload Read(IEnumerable<GattValue> values)
    {
        var upload = new Upload();
        foreach (var value in values)
        {
            if (stranger is not null)
            {
                upload.Refuse(stranger, value.Value);
            }
            else if (value.Characteristic == GlucoseService.Measurement)
            {
                AddMeasurement(value.Value, upload);
            }
            else
            {
                AddContext(value.Value, upload);
            }
        }

        return upload.Done();
    }

    /// <summary>Gives up the contexts whose measurement never came.</summary>
    public DecodedUpload RefuseWaiting()
    {
        var refusals = _waiting.Select(one => new Refusal($"context of measurement {one.Key}, which the meter does not report", one.Value.Raw)).ToList();
        _waiting.Clear();
        return new DecodedUpload([], refusals);
    }

    private void AddMeasurement(ReadOnlyMemory<byte> raw, Upload upload)
    {
        if (!GlucoseMeasurement.TryRead(raw.Span, out var reading, out var reason))
        {
            upload.Refuse($"glucose measurement: {reason}", raw);
            return;
        }

        var decoded = reading.IsControlSolution ? null : Decode(reading, raw);
        _heard[reading.Sequence] = new Heard(decoded);
        _reported[reading.Sequence] = new MeterRecord(reading.Sequence, reading.BaseTime, raw);
        _waiting.Remove(reading.Sequence, out var early);
        if (decoded is null)
        {
            upload.Refuse("a control solution result: a test of the meter, not a value of a person", raw);
            return;
        }

        upload.Add(decoded);
        if (early is not null)
        {
            upload.Add(Join(decoded, early.Context));
        }
    }

    private void AddContext(ReadOnlyMemory<byte> raw, Upload upload)
    {
        if (!GlucoseContext.TryRead(raw.Span, out var context, out var reason))
        {
            upload.Refuse($"glucose context: {reason}", raw);
        }
        else if (!_heard.TryGetValue(context.Sequence, out var heard))
        {
            _waiting[context.Sequence] = new Waiting(raw, context);
        }
        else if (heard.Measurement is { } measurement)
        {
            upload.Add(Join(measurement, context));
        }
    }

    private static DecodedMeasurement Join(DecodedMeasurement measurement, GlucoseContext context) =>
        measurement with { Flags = measurement.Flags.AddRange(GlucoseFlags.Of(context)) };

    private static DecodedMeasurement Decode(GlucoseMeasurement reading, ReadOnlyMemory<byte> raw)
    {
        var isTimed = reading.Status is not { IsTimeFault: true } && reading.MeasuredAt is not null;
        return new DecodedMeasurement(
            VitalSignCatalogue.GlucoseMass.Code,
            Stable(reading, raw.Span),
            Occurrence: 0,
            isTimed ? new DeviceTime(reading.MeasuredAt!.Value, null) : null,
            [new Component(VitalSignCatalogue.GlucoseMass.Code, ValueOf(reading))],
            [.. isTimed ? Array.Empty<string>() : ["clock-not-set"], .. GlucoseFlags.Of(reading)],
            raw);
    }

    private static MeasuredValue ValueOf(GlucoseMeasurement reading) => (reading.Value, reading.Status) switch
    {
        (null, _) => new MeasuredValue.Absent(reading.Concentration?.AbsentReason ?? AbsentReason.Unknown),
        (_, { IsTooHigh: true, IsTooLow: true }) => new MeasuredValue.Absent(AbsentReason.Error),
        ({ } value, var status) => new MeasuredValue.Quantity(
            value, reading.IsMolar ? "mmol/L" : "mg/dL", status switch { { IsTooHigh: true } => ">", { IsTooLow: true } => "<", _ => "" }),
    };

    private static ImmutableArray<byte> Stable(GlucoseMeasurement reading, ReadOnlySpan<byte> raw)
    {
        var sequenceAndTime = raw[SequenceAt..OffsetAt];
        var concentrationAt = OffsetAt + (reading.OffsetMinutes is null ? 0 : OffsetLength);
        return reading.Concentration is null
            ? [.. sequenceAndTime]
            : [.. sequenceAndTime, (byte)(reading.IsMolar ? 1 : 0), .. raw.Slice(concentrationAt, ConcentrationLength)];
    }

    /// <summary>A record that came; no measurement of a control solution.</summary>
    private sealed record Heard(DecodedMeasurement? Measurement);

    private sealed record Waiting(ReadOnlyMemory<byte> Raw, GlucoseContext Context);

    /// <summary>An upload in the making.</summary>
    private sealed class Upload
    {
        private readonly List<DecodedMeasurement> _measurements = [];
        private readonly List<Refusal> _refusals = [];

        public void Refuse(string reason, ReadOnlyMemory<byte> raw) => _refusals.Add(new Refusal(reason, raw));

        public void Add(DecodedMeasurement measurement) => _measurements.Add(measurement);

        public DecodedUpload Done() => new(_measurements, _refusals);
    }
}
