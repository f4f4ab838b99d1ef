using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using IoTHealth.Devices.Codecs.Astm;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Glucose;

/// <summary>
/// Decoder of one upload of a Contour meter: records in, measurements or refusals out. Pure and total. Stable bytes are the
/// meter's time, analyte, value, unit and method; never the position in the upload, nor markers the user may edit.
/// </summary>
public sealed class ContourRecords(string registeredSerial)
{
    private readonly Dictionary<string, int> _occurrences = new(StringComparer.Ordinal);

    private string? _stranger;
    private DecodedClock? _clock;

    /// <summary>Reads the records of one frame.</summary>
    public DecodedUpload Read(IEnumerable<string> records)
    {
        var measurements = new List<DecodedMeasurement>();
        var refusals = new List<Refusal>();
        foreach (var text in records)
        {
            var raw = Encoding.Latin1.GetBytes(text);
            if (!AstmRecord.TryRead(text, out var record, out var reason))
            {
                refusals.Add(new Refusal(reason, raw));
            }
            else if (record is AstmRecord.Header header)
            {
                Begin(header);
            }
            else if (record is AstmRecord.Result result)
            {
                Add(result, raw, measurements, refusals);
            }
        }

        var clock = _clock;
        _clock = null;
        return new DecodedUpload(measurements, refusals) { Clock = clock, Stranger = _stranger };
    }

    private void Begin(AstmRecord.Header header)
    {
        _occurrences.Clear();
        var isOurs = registeredSerial.Length == 0 || header.Serial.Equals(registeredSerial, StringComparison.OrdinalIgnoreCase);
        _stranger = isOurs ? null : header.Serial;
        _clock = isOurs && header.MeterTime is { } shown ? new DecodedClock(new DeviceTime(shown, null)) : null;
    }

    private void Add(AstmRecord.Result result, byte[] raw, List<DecodedMeasurement> measurements, List<Refusal> refusals)
    {
        if (Mistake(result) is { } mistake)
        {
            refusals.Add(new Refusal(mistake, raw));
            return;
        }

        var stable = Stable(result);
        var occurrence = _occurrences.GetValueOrDefault(stable);
        _occurrences[stable] = occurrence + 1;
        var value = new MeasuredValue.Quantity(result.Value, UnitConversion.ToUcum(result.Unit), result.OutOfRange switch { "high" => ">", "low" => "<", _ => "" });
        measurements.Add(new DecodedMeasurement(
            VitalSignCatalogue.GlucoseMass.Code,
            result.Time is null ? [] : [.. Encoding.ASCII.GetBytes(stable)],
            occurrence,
            result.Time is { } time ? new DeviceTime(time, null) : null,
            [new Component(VitalSignCatalogue.GlucoseMass.Code, value)],
            Flags(result),
            raw));
    }

    private string? Mistake(AstmRecord.Result result) => result switch
    {
        _ when _stranger is not null => $"the meter on this line is {_stranger}, not the registered one",
        { IsControl: true } => "a control solution result: a test of the meter, not a value of a person",
        _ when result.Analyte != "Glucose" => $"analyte '{result.Analyte}' is not known",
        _ => null,
    };

    private static string Stable(AstmRecord.Result result) => string.Join('|',
        result.Time?.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture), result.Analyte,
        result.Value.ToString(CultureInfo.InvariantCulture), result.Unit, result.Method);

    private static ImmutableArray<string> Flags(AstmRecord.Result result)
    {
        var flags = ImmutableArray.CreateBuilder<string>();
        foreach (var marker in result.Markers)
        {
            var flag = marker switch { "B" => "before-meal", "A" => "after-meal", "F" => "fasting", _ => null };
            if (flag is not null)
            {
                flags.Add(flag);
            }
        }

        if (result.Method is "P" or "B")
        {
            flags.Add(result.Method == "P" ? "plasma-referenced" : "whole-blood");
        }

        return flags.ToImmutable();
    }
}
