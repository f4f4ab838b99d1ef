using IoTHealth.Devices.Codecs.Ieee11073;

namespace IoTHealth.Devices.Codecs.Gatt;

/// <summary>What the meter says of the sample. Glucose Service 1.0.1, section 3.1.1.6.</summary>
public sealed record GlucoseStatus(ushort Raw, IReadOnlyList<string> Conditions)
{
    private static readonly string?[] Names =
    [
        "device_battery_low", "sensor_malfunction", "sample_size_insufficient", "strip_insertion_error", "strip_type_incorrect",
        "result_too_high", "result_too_low", "temperature_too_high", "temperature_too_low", "strip_pulled_too_soon", "general_fault", "time_fault",
    ];

    /// <summary>The value is a lower limit: the sample holds more than the meter can show.</summary>
    public bool IsTooHigh => (Raw & 0x0020) != 0;

    /// <summary>The value is an upper limit.</summary>
    public bool IsTooLow => (Raw & 0x0040) != 0;

    /// <summary>The device's clock is not to be trusted.</summary>
    public bool IsTimeFault => (Raw & 0x0800) != 0;

    internal static GlucoseStatus Of(ushort word) => new(word, NamedBits.Of(word, Names));
}

/// <summary>Glucose Measurement (2A18).</summary>
/// <param name="Sequence">Sequence number of the record; not reused until it wraps.</param>
/// <param name="BaseTime">The device's clock without the user's shift.</param>
/// <param name="OffsetMinutes">The user's shift, signed, or null.</param>
/// <param name="Concentration">kg/L or mol/L as <paramref name="IsMolar"/> says; null for a record without value, which is legal.</param>
/// <param name="IsMolar">True for mol/L.</param>
/// <param name="SampleType">1 capillary whole blood … 9 interstitial fluid, 10 control solution; null where none is sent.</param>
/// <param name="SampleLocation">1 finger … 4 control solution, 15 not available; null where none is sent.</param>
/// <param name="Status">Sensor status, or null.</param>
/// <param name="ContextFollows">A context record (2A34) with this sequence will come.</param>
public sealed record GlucoseMeasurement(
    ushort Sequence, GattDateTime BaseTime, short? OffsetMinutes, MedicalNumber? Concentration, bool IsMolar, byte? SampleType,
    byte? SampleLocation, GlucoseStatus? Status, bool ContextFollows)
{
    private const byte TimeOffset = 0x01;
    private const byte ConcentrationPresent = 0x02;
    private const byte Molar = 0x04;
    private const byte SensorStatus = 0x08;
    private const byte Context = 0x10;
    private const byte ControlSolutionType = 10;
    private const byte ControlSolutionLocation = 4;

    /// <summary>What the user's clock showed: base time and offset; null where the base time has unknown parts or leaves the calendar.</summary>
    public DateTime? MeasuredAt
    {
        get
        {
            var offset = TimeSpan.FromMinutes(OffsetMinutes ?? 0);
            return BaseTime.ToDateTime() is { } time && time - DateTime.MinValue > -offset && DateTime.MaxValue - time > offset
                ? time + offset
                : null;
        }
    }

    /// <summary>A test of the meter, never a value of a person.</summary>
    public bool IsControlSolution => SampleType == ControlSolutionType || SampleLocation == ControlSolutionLocation;

    /// <summary>The concentration in mg/dL (from kg/L) or mmol/L (from mol/L) at the device's precision; null where there is none.</summary>
    public decimal? Value => Concentration?.Value?.MovedRight(IsMolar ? 3 : 5);

    public static bool TryRead(ReadOnlySpan<byte> bytes, out GlucoseMeasurement measurement, out string reason)
    {
        var reader = new GattReader(bytes);
        var flags = reader.U8();
        var sequence = reader.U16();
        var time = reader.DateTime();
        short? offset = (flags & TimeOffset) != 0 ? reader.S16() : null;
        MedicalNumber? concentration = (flags & ConcentrationPresent) != 0 ? reader.Sfloat() : null;
        byte? sample = (flags & ConcentrationPresent) != 0 ? reader.U8() : null;
        var status = (flags & SensorStatus) != 0 ? GlucoseStatus.Of(reader.U16()) : null;
        measurement = new GlucoseMeasurement(
            sequence, time, offset, concentration, (flags & Molar) != 0, (byte?)(sample & 0x0F), (byte?)(sample >> 4), status, (flags & Context) != 0);
        reason = reader.LengthMistake() ?? (time.IsValid ? "" : $"no such time: {time}");
        return reason.Length == 0;
    }
}

/// <summary>Glucose Feature (2A51).</summary>
public sealed record GlucoseFeature(ushort Raw, IReadOnlyList<string> Features)
{
    private static readonly string?[] Names =
    [
        "low_battery", "sensor_malfunction", "sample_size", "strip_insertion_error", "strip_type_error", "result_high_low",
        "temperature_high_low", "read_interrupt", "general_fault", "time_fault", "multiple_bond",
    ];

    public static bool TryRead(ReadOnlySpan<byte> bytes, out GlucoseFeature feature, out string reason)
    {
        var reader = new GattReader(bytes);
        var raw = reader.U16();
        feature = new GlucoseFeature(raw, NamedBits.Of(raw, Names));
        reason = reader.LengthMistake() ?? "";
        return reason.Length == 0;
    }
}
